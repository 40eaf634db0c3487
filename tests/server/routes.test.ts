/** The public surface of the server: every route, and what a caller needs for it, found out by asking. A change here is a change of the API. */
import { expect, test } from "bun:test";
import { createApp } from "../../src/server/app.ts";
import { issueKey } from "../../src/server/key-store.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";

const SAMPLES: readonly (readonly [RegExp, string])[] = [
  [/:path\{\.\+\}/, "files.lance/data/x.lance"],
  [/:sha256/, "0".repeat(64)],
  [/:tableId/, "0".repeat(32)],
  [/:(repo|id|org)/g, "demo"],
  [/:person/, "github-1"],
  [/\*$/, "src/a.ts"],
];

test("every route: method, path, what a caller needs", async () => {
  const store = new MemoryStore();
  const app = createApp({ store, embedQuery: async () => undefined, adminToken: "0123456789abcdef" });
  const reader = (await issueKey(store, { userId: "alice", scopes: ["read"] })).apiKey;
  const ask = async (method: string, path: string, key?: string) => {
    const url = SAMPLES.reduce((known, [name, sample]) => known.replace(name, sample), path);
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    return app.request(url, { method, headers });
  };
  const needs = async (method: string, path: string) => {
    if ((await ask(method, path)).status !== 401) return "nothing";
    const asReader = await ask(method, path, reader);
    if (asReader.status === 401) return "admin token";
    if (asReader.status !== 403) return "read";
    // a key is refused where only a person will do; else the answer names the scope
    return ((await asReader.json()) as { scope?: string }).scope ?? "a person's session";
  };
  const lines = new Set<string>();
  for (const { method, path } of app.routes)
    if (method !== "ALL") lines.add(`${method} ${path}: ${await needs(method, path)}`);
  expect([...lines].sort().join("\n")).toMatchInlineSnapshot(`
    "DELETE /v1/admin/keys/:id: admin token
    DELETE /v1/admin/people/:id: admin token
    DELETE /v1/admin/spaces/:id/orgs/:org: admin token
    DELETE /v1/admin/users/:id/quota: admin token
    DELETE /v1/index/:repo/:path{.+}: write
    DELETE /v1/keys/:id: read
    DELETE /v1/repos/:id: write
    DELETE /v1/space/invitations/:id: admin
    DELETE /v1/space/members/:person: admin
    DELETE /v1/space/orgs/:org: admin
    GET /: nothing
    GET /assets/:name: nothing
    GET /healthz: nothing
    GET /manifest.webmanifest: nothing
    GET /sw.js: nothing
    GET /v1/admin/keys: admin token
    GET /v1/admin/spaces: admin token
    GET /v1/admin/users/:id: admin token
    GET /v1/admin/users: admin token
    GET /v1/auth/github/callback: nothing
    GET /v1/auth/github/start: nothing
    GET /v1/auth: nothing
    GET /v1/config: read
    GET /v1/index/:repo/:path{.+}: read
    GET /v1/keys: read
    GET /v1/manifest/:repo/:sha256: read
    GET /v1/manifest/:repo: read
    GET /v1/manifest: read
    GET /v1/me: read
    GET /v1/refs/:repo: read
    GET /v1/repos/:id/commits: read
    GET /v1/repos/:id/diff: read
    GET /v1/repos/:id/files/*: read
    GET /v1/repos/:id/files: read
    GET /v1/repos/:id/occurrences: read
    GET /v1/repos/:id/outline: read
    GET /v1/repos: read
    GET /v1/search: read
    GET /v1/snapshots/:repo/:tableId/:sha256: read
    GET /v1/space: read
    GET /v1/whoami: read
    POST /v1/admin/keys: admin token
    POST /v1/admin/spaces/:id/invitations: admin token
    POST /v1/admin/spaces: admin token
    POST /v1/admin/users/:id/recount: admin token
    POST /v1/auth/device/token: nothing
    POST /v1/auth/device: nothing
    POST /v1/auth/session: nothing
    POST /v1/auth/sign-out: nothing
    POST /v1/invitations/accept: a person's session
    POST /v1/keys: admin
    POST /v1/repos/:id/sweep: write
    POST /v1/search: read
    POST /v1/space/invitations: admin
    POST /v1/spaces: a person's session
    PUT /v1/admin/spaces/:id/orgs/:org: admin token
    PUT /v1/admin/users/:id/quota: admin token
    PUT /v1/config: write
    PUT /v1/index/:repo/:path{.+}: write
    PUT /v1/manifest/:repo/:sha256: write
    PUT /v1/refs/:repo: write
    PUT /v1/snapshots/:repo/:tableId/:sha256: write
    PUT /v1/space/members/:person: admin
    PUT /v1/space/orgs/:org: admin"
  `);
});
