/**
 * A program that was written against the OpenAPI document alone: its types are made of the document by openapi-typescript and checked by the
 * contract test (so this folder has no part in the types of the rest). `#api` is the file that is made.
 */
import type { paths } from "#api";
import createClient from "openapi-fetch";

export interface Subject {
  readonly url: string;
  /** Has every scope in one space. */
  readonly key: string;
  readonly adminToken: string;
  readonly repo: string;
  readonly tableId: string;
  /** Older and newer. */
  readonly commits: readonly [string, string];
  readonly ref: RefBody;
  readonly manifest: { readonly sha256: string; readonly value: ManifestBody };
  readonly snapshots: readonly { readonly sha256: string; readonly value: SnapshotBody }[];
  readonly objects: readonly { readonly path: string; readonly sha256: string; readonly bytes: Uint8Array }[];
  readonly fetch: (request: Request) => Promise<Response>;
}

type Json<T> = T extends { requestBody: { content: { "application/json": infer Body } } } ? Body : never;
type RefBody = Json<paths["/v1/refs/{repo}"]["put"]>;
type ManifestBody = Json<paths["/v1/manifest/{repo}/{sha256}"]["put"]>;
type SnapshotBody = Json<paths["/v1/snapshots/{repo}/{tableId}/{sha256}"]["put"]>;

function clientOf(of: Subject, token: string) {
  return createClient<paths>({
    baseUrl: of.url,
    fetch: of.fetch,
    headers: { authorization: `Bearer ${token}` },
    // the document says that slashes of `path` are sent as they are
    pathSerializer: (path, values) =>
      path.replace(/\{(\w+)\}/g, (_, name: string) =>
        String(values[name]).split("/").map(encodeURIComponent).join("/"),
      ),
  });
}

/** A push made of single requests. */
export async function pushAll(of: Subject): Promise<string> {
  const client = clientOf(of, of.key);
  const { repo, tableId } = of;
  for (const { path, sha256, bytes } of of.objects) {
    const { data } = await client.PUT("/v1/index/{repo}/{path}", {
      params: { path: { repo, path }, header: { "x-repobase-sha256": sha256 } },
      body: bytes,
      bodySerializer: (body) => body as BodyInit,
    });
    if (data?.sha256 !== sha256) throw new Error(`${path} was not stored`);
  }
  for (const { sha256, value } of of.snapshots)
    await client.PUT("/v1/snapshots/{repo}/{tableId}/{sha256}", {
      params: { path: { repo, tableId, sha256 } },
      body: value,
    });
  await client.PUT("/v1/manifest/{repo}/{sha256}", {
    params: { path: { repo, sha256: of.manifest.sha256 } },
    body: of.manifest.value,
  });
  const { data } = await client.PUT("/v1/refs/{repo}", {
    params: { path: { repo }, header: { "If-None-Match": "*" } },
    body: of.ref,
  });
  return data?.etag ?? "";
}

/** Every GET that a key may ask, most of them with all their parameters. */
export async function readAll(of: Subject) {
  const client = clientOf(of, of.key);
  const { repo, tableId } = of;
  const [from, to] = of.commits;
  const id = { id: repo };
  const found = await client.GET("/v1/search", {
    params: { query: { q: "parse the header", mode: "keyword", limit: 5, repo: [repo], explain: "1" } },
  });
  const posted = await client.POST("/v1/search", { body: { q: "parse the header", repos: [repo], limit: 5 } });
  const called = await client.POST("/mcp", {
    body: { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "status", arguments: { repo } } },
  });
  if (called.data?.error) throw new Error(called.data.error.message);
  const files = await client.GET("/v1/repos/{id}/files", { params: { path: id, query: { dir: "", limit: 1 } } });
  const rest = { dir: "", limit: 1, cursor: files.data?.next ?? "" };
  const more = await client.GET("/v1/repos/{id}/files", { params: { path: id, query: rest } });
  const path = found.data?.results[0]?.path ?? "";
  const file = await client.GET("/v1/repos/{id}/files/{path}", {
    params: { path: { id: repo, path }, query: { ref: to, from: 1, to: 1 } },
  });
  const whole = await client.GET("/v1/repos/{id}/commits", { params: { path: id, query: { limit: 1 } } });
  await client.GET("/v1/repos/{id}/commits", { params: { path: id, query: { path } } });
  await client.GET("/v1/repos/{id}/diff", { params: { path: id, query: { from, to } } });
  await client.GET("/v1/repos/{id}/diff", { params: { path: id, query: { from, to, path } } });
  const outline = await client.GET("/v1/repos/{id}/outline", { params: { path: id, query: { path } } });
  const name = outline.data?.symbols[0]?.name ?? "";
  const places = await client.GET("/v1/repos/{id}/occurrences", { params: { path: id, query: { name, limit: 1 } } });
  const who = await client.GET("/v1/whoami");
  const repos = await client.GET("/v1/repos");
  for (const each of ["/healthz", "/v1/me", "/v1/keys", "/v1/space", "/v1/manifest", "/v1/auth"] as const)
    await client.GET(each);
  await client.GET("/v1/keys", { params: { query: { all: "1" } } });
  const ref = await client.GET("/v1/refs/{repo}", { params: { path: { repo } } });
  const manifest = await client.GET("/v1/manifest/{repo}", { params: { path: { repo } } });
  await client.GET("/v1/manifest/{repo}/{sha256}", { params: { path: { repo, sha256: ref.data?.manifest ?? "" } } });
  const sha256 = Object.values(manifest.data?.snapshots ?? {})[0] ?? "";
  await client.GET("/v1/snapshots/{repo}/{tableId}/{sha256}", { params: { path: { repo, tableId, sha256 } } });
  const object = { repo, path: of.objects[0]?.path ?? "" };
  for (const header of [{}, { Range: "bytes=0-3" }])
    await client.GET("/v1/index/{repo}/{path}", { params: { path: object, header }, parseAs: "arrayBuffer" });
  return {
    found: found.data?.results.map((hit) => `${hit.path}:${hit.startLine} ${hit.explain?.foundBy?.join() ?? ""}`),
    posted: posted.data?.results.map((hit) => hit.path),
    files: [files, more].flatMap(({ data }) =>
      [...(data?.folders ?? []), ...(data?.files ?? [])].map((each) => each.path),
    ),
    lines: file.data?.lineCount,
    commits: whole.data && "path" in whole.data ? undefined : whole.data?.commits.map(({ commit }) => commit),
    symbol: name,
    places: places.data?.occurrences.length,
    userId: who.data?.userId,
    quota: who.data?.quota?.repos.used,
    repos: repos.data?.repos.map((each) => each.state),
  };
}

/** What agents and scripts tell a space. */
export async function notifyAll(of: Subject) {
  const client = clientOf(of, of.key);
  const told = await client.POST("/v1/notifications", { body: { title: "tests passed", idempotencyKey: "run-1" } });
  const again = await client.POST("/v1/notifications", { body: { title: "tests passed", idempotencyKey: "run-1" } });
  const first = await client.GET("/v1/notifications", { params: { query: { limit: "1" } } });
  await client.GET("/v1/notifications");
  // the server itself takes no webhooks, which is an answer too
  const made = await client.POST("/v1/space/webhooks", { body: { url: `${of.url}/nowhere`, kinds: ["task.result"] } });
  const id = made.data?.id ?? "";
  const tested = await client.POST("/v1/space/webhooks/{id}/test", { params: { path: { id } } });
  const changed = await client.PUT("/v1/space/webhooks/{id}", { params: { path: { id } }, body: { enabled: false } });
  const hooks = await client.GET("/v1/space/webhooks");
  const removed = await client.DELETE("/v1/space/webhooks/{id}", { params: { path: { id } } });
  return {
    same: told.data !== undefined && told.data.id === again.data?.id,
    title: first.data?.notifications[0]?.title,
    secret: made.data?.secret.startsWith("whsec_"),
    state: changed.data?.state,
    hooks: hooks.data?.webhooks.length,
    tested: tested.data?.status,
    removed: removed.data?.id === id,
  };
}

/** A device that is shown what happens. */
export async function subscribeAll(of: Subject) {
  const client = clientOf(of, of.key);
  const pair = (await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, [
    "deriveBits",
  ])) as CryptoKeyPair;
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const base64url = (bytes: Uint8Array) => bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  const keys = { p256dh: base64url(point), auth: base64url(crypto.getRandomValues(new Uint8Array(16))) };
  const key = await client.GET("/v1/push/key");
  const made = await client.POST("/v1/push/subscriptions", {
    body: { endpoint: "https://push.example/phone", keys, kinds: ["task.result"], label: "phone" },
  });
  const listed = await client.GET("/v1/push/subscriptions");
  const id = made.data?.id ?? "";
  const removed = await client.DELETE("/v1/push/subscriptions/{id}", { params: { path: { id } } });
  return {
    key: key.data?.publicKey.length,
    service: made.data?.service,
    labels: listed.data?.subscriptions.map(({ label }) => label),
    removed: removed.data?.id === id,
  };
}

/** What changes something: the key's own things, then the admin's. */
export async function changeAll(of: Subject) {
  const client = clientOf(of, of.key);
  const admin = clientOf(of, of.adminToken);
  const { repo } = of;
  const config = await client.PUT("/v1/config", { params: { header: { "If-None-Match": "*" } }, body: { a: 1 } });
  await client.GET("/v1/config");
  const key = await client.POST("/v1/keys", { body: { label: "laptop", scopes: ["read"] } });
  const revoked = await client.DELETE("/v1/keys/{id}", { params: { path: { id: key.data?.id ?? "" } } });
  const object = { repo, path: "files.lance/data/none.lance" };
  await client.DELETE("/v1/index/{repo}/{path}", { params: { path: object } });
  const swept = await client.POST("/v1/repos/{id}/sweep", { params: { path: { id: repo } } });
  const found = await client.GET("/v1/repos/{id}/gc", { params: { path: { id: repo } } });
  const collected = await client.POST("/v1/repos/{id}/gc", { params: { path: { id: repo } } });
  const issued = await admin.POST("/v1/admin/keys", { body: { userId: "bob", expires: "2999-01-01" } });
  await admin.GET("/v1/admin/keys", { params: { query: { userId: "bob" } } });
  await admin.DELETE("/v1/admin/keys/{id}", { params: { path: { id: issued.data?.id ?? "" } } });
  const users = await admin.GET("/v1/admin/users");
  const bob = { params: { path: { id: "bob" } } };
  await admin.GET("/v1/admin/users/{id}", bob);
  const limited = await admin.PUT("/v1/admin/users/{id}/quota", { ...bob, body: { repos: 3, files: null } });
  await admin.DELETE("/v1/admin/users/{id}/quota", bob);
  await admin.POST("/v1/admin/users/{id}/recount", bob);
  await admin.POST("/v1/admin/spaces", { body: { id: "team", name: "Team" } });
  await admin.GET("/v1/admin/spaces");
  const team = { params: { path: { id: "team" } } };
  await admin.POST("/v1/admin/spaces/{id}/invitations", { ...team, body: { role: "write", login: "carol" } });
  const org = { params: { path: { id: "team", org: "acme" } } };
  await admin.PUT("/v1/admin/spaces/{id}/orgs/{org}", { ...org, body: { role: "read" } });
  await admin.DELETE("/v1/admin/spaces/{id}/orgs/{org}", org);
  const deleted = await client.DELETE("/v1/repos/{id}", { params: { path: { id: repo } } });
  return {
    config: config.data?.etag !== undefined,
    scopes: key.data?.scopes,
    revoked: revoked.data?.revoked.label,
    swept: swept.data?.left,
    garbage: [found.data?.unneeded.objects, collected.data?.deleted.objects],
    users: users.data?.users.map(({ userId }) => userId),
    limits: [limited.data?.quota.repos.limit, limited.data?.quota.files.limit],
    deleted: deleted.data?.deleted,
  };
}

/** What is wrong in a question comes back as a problem with a code that the document names. */
export async function askWrongly(of: Subject): Promise<readonly (string | undefined)[]> {
  const client = clientOf(of, of.key);
  const answers = [
    await client.GET("/v1/search", { params: { query: { q: "x", repo: ["nobody"] } } }),
    await client.GET("/v1/repos/{id}/files", { params: { path: { id: of.repo }, query: { ref: "none" } } }),
    await client.GET("/v1/repos/{id}/files/{path}", { params: { path: { id: of.repo, path: "none.ts" } } }),
    await client.GET("/v1/repos/{id}/outline", { params: { path: { id: "NO ID" }, query: { path: "x" } } }),
    await client.PUT("/v1/refs/{repo}", {
      params: { path: { repo: of.repo }, header: { "If-Match": '"x"' } },
      body: { ...of.ref, generation: 9 },
    }),
    await clientOf(of, `rb_${"A".repeat(43)}`).GET("/v1/whoami"),
    await clientOf(of, of.key).GET("/v1/admin/users"),
  ];
  return answers.map(({ error }) => error?.code);
}
