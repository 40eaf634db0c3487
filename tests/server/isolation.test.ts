/** Promise S6: a request reaches only its user's prefix, whatever its path, key or headers say. On workerd and on Bun. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SHA256_HEADER } from "../../src/protocol/cloud-api.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { inLong } from "../helpers/long.ts";
import { startWorker } from "../helpers/worker-server.ts";
import type { WorkerServer } from "../helpers/worker-server.ts";
import { apiClient, outcome, pushIndex, rawRequest, untilTold } from "./api-client.ts";
import type { Api } from "./api-client.ts";
import { startBunServer } from "./bun-server.ts";
import { PushDevice } from "./notices/push-device.ts";
import { makeRealIndex } from "./real-index.ts";
import type { RealIndex } from "./real-index.ts";

const SECRET = "correcthorsebatterystaple";
const SPACE_NAME = "the-secret-space";
const SOURCE = [{ path: "secret.ts", language: "typescript", contents: `export function open_${SECRET}() {}\n` }];

const phone = new PushDevice("https://push.example.com/phone").subscription;

describe.each([
  ["workerd", () => startWorker()],
  ["Bun", () => startBunServer()],
] as const)("%s", (_, start) => {
  let server: WorkerServer;
  let index: RealIndex;
  let malloryKey: string;
  let mallory: Api;
  let before: string[];
  const others = async () => {
    // the account is the server's own writing about mallory
    const entries = (await server.bucket.list()).filter(({ key }) => !/^(mallory\/|users\/mallory\.json$)/.test(key));
    return Promise.all(
      entries.map(async ({ key }) => `${key} ${await sha256Hex((await server.bucket.get(key)) ?? new Uint8Array())}`),
    );
  };
  beforeAll(async () => {
    server = await start();
    index = await makeRealIndex({ repo: "demo", commits: [SOURCE] });
    const alice = apiClient(server.url, await server.issueKey("alice", ["read", "write", "notify", "admin"]));
    await pushIndex(alice, index);
    await untilTold(alice);
    const post = (path: string, body: object) => alice(path, { method: "POST", body: JSON.stringify(body) });
    expect(await outcome(post("/v1/notifications", { title: SECRET }))).toBe("201");
    expect(await outcome(post("/v1/space/webhooks", { url: "https://example.com/", kinds: ["quota.near"] }))).toBe(
      "201",
    );
    expect(await outcome(post("/v1/push/subscriptions", phone))).toBe("201");
    const admin = apiClient(server.url, server.adminToken);
    const space = { method: "POST", body: JSON.stringify({ id: "alice", name: SPACE_NAME }) };
    expect(await outcome(admin("/v1/admin/spaces", space))).toBe("201");
    await server.bucket.put("people/github-7.json", new TextEncoder().encode(JSON.stringify({ login: SPACE_NAME })));
    malloryKey = await server.issueKey("mallory");
    mallory = apiClient(server.url, malloryKey);
    before = await others();
  });
  afterAll(() => server.stop());

  test("notices, webhooks and devices of others are not there, whatever id or cursor is given", async () => {
    const ids = (await server.bucket.list("alice/notices/")).map(({ key }) => key.slice(14, -5));
    const hook = /wh_[0-9a-f]{16}/.exec(new TextDecoder().decode(await server.bucket.get("alice/webhooks.json")))?.[0];
    const admin = apiClient(server.url, await server.issueKey("mallory", ["read", "write", "notify", "admin"]));
    for (const cursor of ["", ...ids])
      expect(await (await admin(`/v1/notifications${cursor && `?cursor=${cursor}`}`)).json()).toEqual({
        notifications: [],
        next: null,
      });
    expect(await (await admin("/v1/space/webhooks")).json()).toEqual({ webhooks: [] });
    expect(await (await admin("/v1/push/subscriptions")).json()).toEqual({ subscriptions: [] });
    const id = (await sha256Hex(new TextEncoder().encode(phone.endpoint))).slice(0, 32);
    expect(new TextDecoder().decode(await server.bucket.get("alice/push.json"))).toContain(id);
    expect(await outcome(admin(`/v1/push/subscriptions/${id}`, { method: "DELETE" }))).toBe("404 not_found");
    for (const [method, path] of [
      ["PUT", ""],
      ["DELETE", ""],
      ["POST", "/test"],
    ] as const)
      expect(await outcome(admin(`/v1/space/webhooks/${hook}${path}`, { method, body: "{}" }))).toBe("404 not_found");
    expect(ids.length).toBeGreaterThan(1);
    before = await others();
  });

  const object = () => index.manifest.objects[0]?.path ?? "";
  /** @param turn which one of the goals each climb of a route begins with; the long run tries all of them. */
  const climbs = (turn: number) => {
    const target = `alice/index/demo/${object()}`;
    const keyFile = before.find((line) => line.startsWith("keys/"))?.split(" ")[0] ?? "";
    const goals = [target, "alice/refs/demo.json", keyFile, "spaces/alice.json", "people/github-7.json"];
    const ups = [
      "../../..",
      "..%2f..%2f..",
      "%2e%2e/%2e%2e/%2e%2e",
      "%2E%2E%2F%2E%2E%2F%2E%2E",
      "%252e%252e/%252e%252e/%252e%252e",
      "..%252f..%252f..",
      "..\\..\\..",
      "..%5c..%5c..",
      ".%2e/.%2e/.%2e",
      "..;/..;/..",
      "....//....//....",
      "..%c0%af..%c0%af..",
      "%u002e%u002e/x",
      "x%00/../../..",
    ];
    const routes = [
      "/v1/index/demo/files.lance",
      "/v1/index/demo",
      "/v1/index",
      "/v1/refs",
      "/v1/manifest/demo",
      "/v1/snapshots/demo",
      "/v1/repos/demo/files",
      "/v1/admin/users",
      "/v1/admin/spaces",
      "/v1/auth",
      "/v1/keys",
      "/v1/space/members",
      "/v1/space/invitations",
      "/v1/space/orgs",
    ];
    const direct = goals.flatMap((goal) => [
      `/v1/index//${goal}`,
      `/v1/index/${goal}`,
      `/v1/refs//${goal}`,
      `/v1/index/%2f${goal}`,
      `/${goal}`,
      `//${goal}`,
      `/v1/${goal}`,
    ]);
    return [
      ...routes.flatMap((route, r) =>
        ups.flatMap((up, u) => {
          const at = (turn + r + u) % goals.length;
          return inLong(goals, goals.slice(at, at + 1)).map((goal) => `${route}/${up}/${goal}`);
        }),
      ),
      ...direct,
    ];
  };

  test("S6: no path climbs out, raw over TCP, for any method", async () => {
    const secrets = [SECRET, SPACE_NAME, '"userId":"alice"', index.manifestSha256];
    const sha256 = await sha256Hex(new TextEncoder().encode("evil"));
    const send = (method: string, path: string) => {
      const body = method === "PUT" ? "evil" : "";
      const head = `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${malloryKey}\r\nIf-Match: *\r\n`;
      return rawRequest(
        server.url,
        `${head}${SHA256_HEADER}: ${sha256}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    };
    for (const [turn, method] of ["GET", "PUT", "DELETE"].entries()) {
      const paths = climbs(turn);
      expect(paths.length).toBeGreaterThan(inLong(800, 200));
      for (let at = 0; at < paths.length; at += 16) {
        const batch = paths.slice(at, at + 16);
        const answers = await Promise.all(batch.map((path) => send(method, path)));
        answers.forEach((answer, i) => {
          const where = `${method} ${batch[i]}`;
          expect([where, answer.slice(9, 12)]).toEqual([where, expect.stringMatching(/^4\d\d$/)]);
          for (const secret of secrets) expect([where, answer.includes(secret)]).toEqual([where, false]);
        });
      }
    }
    expect(await others()).toEqual(before);
  }, 30_000);

  test("S6: another user's id in a header changes nothing", async () => {
    for (const id of ["alice", "ALICE", "mallory, alice", "../alice"])
      expect(await outcome(mallory("/v1/refs/demo", { headers: { "x-user-id": id } }))).toBe("403 forbidden");
    for (const name of ["x-forwarded-user", "x-original-url", "x-rewrite-url", "x-http-method-override"])
      expect(await outcome(mallory("/v1/refs/demo", { headers: { [name]: "/v1/index/../alice" } }))).toBe(
        "404 repo_not_found",
      );
  });

  test("S6: another's space, keys and people are not there, by their right names", async () => {
    const [aliceKey = ""] = before.flatMap((line) => /^keys\/of\/alice\/([0-9a-f]{16})/.exec(line)?.slice(1) ?? []);
    const asks: readonly (readonly [string, string, string])[] = [
      ["GET", "/v1/keys?all=1", "403 forbidden"],
      ["DELETE", `/v1/keys/${aliceKey}`, "404 not_found"],
      ["DELETE", "/v1/space/members/github-7", "403 forbidden"],
      ["PUT", "/v1/space/orgs/acme", "403 forbidden"],
      ["POST", "/v1/space/invitations", "403 forbidden"],
      ["POST", "/v1/spaces", "403 forbidden"],
      ["POST", "/v1/invitations/accept", "403 forbidden"],
      ["GET", "/v1/admin/spaces", "401 unauthorized"],
      ["DELETE", "/v1/admin/people/github-7", "401 unauthorized"],
    ];
    for (const [method, path, expected] of asks) {
      const body = method === "GET" ? {} : { body: '{"role":"admin","id":"alice","name":"x","token":"x"}' };
      expect([path, await outcome(mallory(path, { method, ...body }))]).toEqual([path, expected]);
    }
    for (const path of ["/v1/space", "/v1/keys", "/v1/me"]) {
      const text = await (await mallory(path)).text();
      for (const secret of [SPACE_NAME, "alice"]) expect([path, text.includes(secret)]).toEqual([path, false]);
    }
    expect(await others()).toEqual(before);
  });

  test("S6: two X-User-ID headers, or two keys, are no way in", async () => {
    const ask = (headers: string) =>
      rawRequest(server.url, `GET /v1/refs/demo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`);
    const key = `Authorization: Bearer ${malloryKey}\r\n`;
    for (const headers of [
      `${key}X-User-ID: mallory\r\nX-User-ID: alice\r\n`,
      `${key}X-User-ID: alice\r\nX-User-ID: mallory\r\n`,
      `${key}${key}`,
    ])
      expect(await ask(headers)).toMatch(/^HTTP\/1\.1 4\d\d/);
  });

  test("S6: what is alice's is not there for mallory, by its right name", async () => {
    expect(await outcome(mallory(`/v1/index/demo/${object()}`))).toBe("404 not_found");
    expect(await outcome(mallory(`/v1/manifest/demo/${index.manifestSha256}`))).toBe("404 not_found");
    expect(await outcome(mallory("/v1/repos/demo/files/secret.ts"))).toBe("404 repo_not_found");
    const [commit = ""] = index.commits;
    for (const asked of [
      "files",
      `files?ref=${commit}`,
      "files?dir=",
      "commits",
      "commits?path=secret.ts",
      `diff?from=${commit}&to=main`,
      `diff?from=${commit}&to=main&path=secret.ts`,
      "outline?path=secret.ts",
      `occurrences?name=open_${SECRET}`,
    ])
      expect([asked, await outcome(mallory(`/v1/repos/demo/${asked}`))]).toEqual([asked, "404 repo_not_found"]);
    expect(await outcome(mallory("/v1/repos/demo", { method: "DELETE" }))).toBe("404 repo_not_found");
    expect(await outcome(mallory("/v1/search?q=open&repo=demo&mode=keyword"))).toBe("404 repo_not_found");
    const { results } = (await (await mallory(`/v1/search?q=${SECRET}`)).json()) as { results: unknown[] };
    expect(results).toEqual([]);
    expect(await (await mallory("/v1/repos")).json()).toEqual({ repos: [] });
    expect(await (await mallory("/v1/manifest")).json()).toEqual({ repos: [] });
  });

  test("S6: nothing a server remembers for one user serves another of the same names", async () => {
    const mine = await makeRealIndex({
      repo: "demo",
      commits: [[{ path: "mine.ts", language: "typescript", contents: "export function mine() {}\n" }]],
    });
    const alice = apiClient(server.url, await server.issueKey("alice"));
    const find = async (api: Api) => {
      const { results } = (await (await api("/v1/search?q=open+mine+secret&repo=demo")).json()) as {
        results: { path: string }[];
      };
      return results.map(({ path }) => path);
    };
    expect(await find(alice)).toEqual(["secret.ts"]);
    await pushIndex(mallory, mine);
    expect([await find(mallory), await find(alice), await find(mallory)]).toEqual([
      ["mine.ts"],
      ["secret.ts"],
      ["mine.ts"],
    ]);
    expect(await outcome(mallory("/v1/repos/demo", { method: "DELETE" }))).toBe("200");
    expect([await find(alice), await others()]).toEqual([["secret.ts"], expect.arrayContaining(before)]);
  });
});
