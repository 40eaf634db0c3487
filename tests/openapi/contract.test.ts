/**
 * The OpenAPI document is what the server does: valid by the specification's own schema; types made of it fit a program that uses
 * them; and every answer of workerd to that program is what the document says, without a field more.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { openApiDocument } from "../../src/openapi/document.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { version } from "../../src/version.ts";
import { type FakeGitHub, startFakeGitHub } from "../helpers/fake-github.ts";
import { startWorker, type WorkerServer } from "../helpers/worker-server.ts";
import { refOf } from "../server/api-client.ts";
import { Browser, deviceLogin, jsonOf } from "../server/identity/signed-in.ts";
import { makeRealIndex } from "../server/real-index.ts";
import { type Contract, contractOf } from "./checked-fetch.ts";

const root = join(import.meta.dir, "../..");
const CLIENT = join(import.meta.dir, "client/calls.ts");
const document = openApiDocument(version);

interface Calls {
  readonly pushAll: (of: object) => Promise<string>;
  readonly readAll: (of: object) => Promise<object>;
  readonly notifyAll: (of: object) => Promise<object>;
  readonly subscribeAll: (of: object) => Promise<object>;
  readonly changeAll: (of: object) => Promise<object>;
  readonly askWrongly: (of: object) => Promise<readonly string[]>;
}

let dir: string;
let github: FakeGitHub;
let server: WorkerServer;
let contract: Contract;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "repobase-openapi-"));
  github = startFakeGitHub({ interval: 0 });
  github.person({ id: 7, login: "carol" });
  github.person({ id: 8, login: "dave" });
  server = await startWorker({
    vars: {
      GITHUB_BASE_URL: github.baseUrl,
      GITHUB_CLIENT_ID: github.clientId,
      GITHUB_CLIENT_SECRET: github.clientSecret,
      SIGN_UP: "open",
      ALLOW_LOOPBACK: "1",
    },
  });
  const send = (request: Request) => fetch(request, { redirect: "manual", keepalive: false });
  contract = contractOf(document, send);
});
afterAll(async () => {
  await server.stop();
  await github.stop();
  await rm(dir, { recursive: true, force: true });
});

test("the document is valid OpenAPI 3.1", async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document) as Record<string, unknown>);
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  expect(new Set(contract.operations.map((name) => name.split(" ")[1])).size).toBeGreaterThan(40);
});

test("types made of it fit a program that was written against it", async () => {
  const [source, types] = [join(dir, "openapi.json"), join(dir, "api.d.ts")];
  await Bun.write(source, JSON.stringify(document));
  await run([process.execPath, join(import.meta.dir, "make-types.ts"), source, types]);
  const tsconfig = join(dir, "tsconfig.json");
  await Bun.write(
    tsconfig,
    JSON.stringify({
      extends: join(root, "tsconfig.json"),
      compilerOptions: { paths: { "#api": [types] }, lib: ["ESNext", "DOM"], types: [] },
      include: [CLIENT],
      exclude: [],
    }),
  );
  await run([join(root, "node_modules/.bin/tsc"), "-p", tsconfig, "--noEmit"]);
}, 60_000);

test("each answer to that program is what the document says", async () => {
  const calls = (await import(CLIENT)) as Calls;
  const source = (name: string, more = "") =>
    `/** Parses the header. */\nexport function ${name}(input: string) {\n  return input.trim();${more}\n}\n`;
  const file = (path: string, contents: string) => ({ path, language: "typescript", contents });
  const files = [file("src/parse.ts", source("parseHeader")), file("readme.ts", "export const a = 1;\n")];
  const later = [
    file("src/parse.ts", source("parseHeader", " // twice")),
    file("src/more.ts", source("parseMore")),
    file("readme.ts", "export const a = 1;\n"),
  ];
  const index = await makeRealIndex({ repo: "demo", commits: [files, later] });
  const [older = "", newer = ""] = index.commits;
  const value = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as object;
  const objects = Array.from(index.objects, async ([path, bytes]) => ({ path, bytes, sha256: await sha256Hex(bytes) }));
  const subject = {
    url: server.url,
    key: await server.issueKey("alice", ["read", "write", "notify", "admin"]),
    adminToken: server.adminToken,
    repo: "demo",
    tableId: index.manifest.tableId,
    commits: [older, newer],
    ref: refOf(index),
    manifest: { sha256: index.manifestSha256, value: value(index.manifestBytes) },
    snapshots: index.snapshots.map(({ sha256, bytes }) => ({ sha256, value: value(bytes) })),
    objects: await Promise.all(objects),
    fetch: contract.fetch,
  };
  expect(await calls.pushAll(subject)).toMatch(/^\w+/);
  expect(await calls.readAll(subject)).toEqual({
    found: ["src/parse.ts:1 words", "src/more.ts:1 words"],
    posted: expect.arrayContaining(["src/parse.ts"]),
    files: ["src", "readme.ts"],
    lines: 4,
    commits: [newer],
    symbol: "parseHeader",
    places: 1,
    userId: "alice",
    quota: 1,
    repos: ["ready"],
  });
  expect(await calls.askWrongly(subject)).toEqual([
    "repo_not_found",
    "ref_not_found",
    "not_found",
    "usage",
    "remote_moved",
    "unauthorized",
    "unauthorized",
  ]);
  expect(await calls.notifyAll(subject)).toEqual({
    same: true,
    title: "tests passed",
    secret: true,
    state: "disabled",
    hooks: 1,
    tested: 404,
    removed: true,
  });
  expect(await calls.subscribeAll(subject)).toEqual({
    key: 87,
    service: "push.example",
    labels: ["phone"],
    removed: true,
  });
  expect(await calls.changeAll(subject)).toEqual({
    config: true,
    scopes: ["read"],
    revoked: "laptop",
    swept: 0,
    garbage: [0, 0],
    users: ["alice"],
    limits: [3, null],
    deleted: true,
  });
});

test("and to people who sign in, share a space and leave it", async () => {
  const place = { origin: server.url, send: contract.fetch };
  const [carol, dave] = [new Browser(place), new Browser(place)];
  expect(await carol.signIn(github, "carol", "?return=/?view=you")).toBe("/?view=you");
  const post = (path: string, body: object) => carol.call(path, { method: "POST", body, headers: team });
  const team = { "x-user-id": "crew" };
  await carol.call("/v1/spaces", { method: "POST", body: { id: "crew", name: "Crew" } });
  const { token } = await jsonOf<{ token: string }>(post("/v1/space/invitations", { role: "write" }));
  const spare = await jsonOf<{ id: string }>(post("/v1/space/invitations", { role: "read", login: "erin" }));
  await carol.call(`/v1/space/invitations/${spare.id}`, { method: "DELETE", headers: team });
  await dave.signIn(github, "dave");
  await dave.call("/v1/invitations/accept", { method: "POST", body: { token } });
  await carol.call("/v1/space", { headers: team });
  await carol.call("/v1/space/members/github-8", { method: "PUT", body: { role: "read" }, headers: team });
  await carol.call("/v1/space/members/github-8", { method: "DELETE", headers: team });
  await carol.call("/v1/space/orgs/acme", { method: "PUT", body: { role: "read" }, headers: team });
  await carol.call("/v1/space/orgs/acme", { method: "DELETE", headers: team });
  const model = { baseUrl: "https://models.example/v1", model: "m-1", key: "k", prices: { input: 1, output: 2 } };
  await carol.call("/v1/space/model", { method: "PUT", body: model, headers: team });
  await carol.call("/v1/space/model", { headers: team });
  const asked = { question: "where is a stream opened", model: false };
  await carol.call("/v1/chat", { method: "POST", body: asked, headers: { ...team, accept: "application/json" } });
  await carol.call("/v1/space/model", { method: "DELETE", headers: team });
  await carol.call("/v1/auth/sign-out", { method: "POST", body: { everywhere: true } });
  expect((await deviceLogin(place, github, "dave", { label: "laptop" })).status).toBe(200);
  const authorization = `Bearer ${await server.issueKey("alice")}`;
  await new Browser(place).call("/v1/auth/session", { method: "POST", headers: { authorization } });
});

/** Not asked here, and why. None that reads. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([]);

test("every GET was answered well, and all else that is not tested elsewhere", async () => {
  const ask = (path: string) => contract.fetch(new Request(server.url + path));
  const page = await (await ask("/")).text();
  for (const path of ["/sw.js", "/manifest.webmanifest", "/v1/openapi.json", /\/assets\/[\w.-]+/.exec(page)?.[0] ?? ""])
    await ask(path);
  const authorization = `Bearer ${server.adminToken}`;
  await contract.fetch(
    new Request(`${server.url}/v1/admin/people/github-8`, { method: "DELETE", headers: { authorization } }),
  );
  const left = contract.operations.filter(
    (name) => !contract.answered.has(name) && !(ELSEWHERE.has(name) && !name.startsWith("get ")),
  );
  expect(
    left,
    "call them in tests/openapi/client/calls.ts or in this file; what only changes something may stand in ELSEWHERE",
  ).toEqual([]);
});

async function run(command: readonly string[]): Promise<void> {
  const child = Bun.spawn([...command], { cwd: root, stdout: "pipe", stderr: "pipe" });
  const [code, stdout, stderr] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "" });
}
