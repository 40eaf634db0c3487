/** People and the compiled binary, on workerd with the GitHub of our tests: sign-in by a code, a shared space, an own key for CI, revocation. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FakeGitHub, startFakeGitHub } from "../helpers/fake-github.ts";
import { makeRepository } from "../helpers/git-server.ts";
import { startWorker, type WorkerServer } from "../helpers/worker-server.ts";
import { Machine } from "./support.ts";

let dir: string;
let github: FakeGitHub;
let worker: WorkerServer;
const machines: Machine[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "repobase-sign-in-"));
  await makeRepository(join(dir, "code"), { "door.ts": "export function openTheDoor() {}\n" });
  github = startFakeGitHub({ interval: 0 });
  github.person({ id: 7, login: "ann" });
  github.person({ id: 8, login: "ben" });
  const { baseUrl, clientId } = github;
  // without a client secret: a terminal needs none
  worker = await startWorker({ vars: { GITHUB_BASE_URL: baseUrl, GITHUB_CLIENT_ID: clientId, SIGN_UP: "open" } });
});
afterAll(async () => {
  for (const each of machines) each.remove();
  await worker?.stop();
  await github?.stop();
  rmSync(dir, { recursive: true, force: true });
});

function machine(env: Record<string, string> = {}): Machine {
  const made = new Machine(env);
  machines.push(made);
  return made;
}

/** Types the code in at GitHub as soon as the binary shows it. */
async function signIn(on: Machine, login: string, ...flags: string[]) {
  const run = on.spawn(["cloud", "login", "--github", "--endpoint", worker.url, ...flags]);
  let said = "";
  const decoder = new TextDecoder();
  for await (const part of run.stderr as ReadableStream<Uint8Array>) {
    said += decoder.decode(part, { stream: true });
    const [code] = /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(said) ?? [];
    if (code !== undefined) github.enter(code, login);
  }
  return { code: await run.exited, said };
}

test("sign in, share, give CI a key, take it back", async () => {
  const [ann, ben] = [machine(), machine()];
  expect(await signIn(ann, "ann", "--scopes", "read,write,admin")).toMatchObject({ code: 0 });
  expect(await ann.one<object>(["cloud", "status"])).toMatchObject({ signedIn: true, userId: "ann" });
  const { repoId } = await ann.one<{ repoId: string }>(["add", join(dir, "code")]);
  await ann.one(["cloud", "enable", repoId]);
  await ann.one(["push", repoId]);

  const { token } = await ann.one<{ token: string }>(["cloud", "invite", "read", "--login", "ben"]);
  expect((await signIn(ben, "ben", "--invitation", token, "--space", "ann")).code).toBe(0);
  await ben.one(["pull", repoId]);
  expect((await ben.run(["search", "open the door", "--repo", repoId])).stdout).toContain("door.ts");
  // a reader may not invite
  expect((await ben.run(["cloud", "invite", "read"])).code).toBe(12);

  const key = await ann.one<{ id: string; apiKey: string }>([
    "cloud",
    "keys",
    "add",
    "--label",
    "ci",
    "--scopes",
    "read",
  ]);
  const ci = machine({ REPOBASE_ENDPOINT: worker.url, REPOBASE_API_KEY: key.apiKey });
  expect((await ci.run(["search", "open the door", "--remote"])).stdout).toContain("door.ts");
  expect(await ann.one<object>(["cloud", "keys", "revoke", key.id])).toMatchObject({ revoked: { label: "ci" } });
  expect((await ci.run(["search", "open the door", "--remote"])).code).toBe(12);
}, 60_000);
