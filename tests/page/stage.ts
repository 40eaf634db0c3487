/**
 * What the tests of the page have in common: the server on workerd with the built bundle and page, the GitHub of our tests, two
 * repositories of two commits that Alice has indexed and pushed with the program's own commands, and one browser.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { Terminal } from "../commands/terminal.ts";
import { type FakeGitHub, startFakeGitHub } from "../helpers/fake-github.ts";
import { commitFiles, git, makeRepository } from "../helpers/git-server.ts";
import { startWorker, type WorkerOptions, type WorkerServer } from "../helpers/worker-server.ts";
import { Browser as Client, deviceKey, type Place } from "../server/identity/signed-in.ts";
import { startBrowser } from "./browser.ts";
import { FIXTURES, type PageFixture } from "./fixtures.ts";

/** A repository that Alice has pushed. */
export interface PushedRepository {
  readonly id: string;
  /** Oldest first; both are indexed. */
  readonly commits: readonly [string, string];
}

/** What a browser context begins with: the cookie of a session. */
export type SignedIn = Awaited<ReturnType<BrowserContext["storageState"]>>;

export interface Stage {
  readonly browser: Browser;
  readonly server: WorkerServer;
  readonly github: FakeGitHub;
  /** For those who ask the server without a browser. */
  readonly place: Place;
  /** Alice's, which may read and write her space. */
  readonly apiKey: string;
  readonly web: PushedRepository;
  readonly tools: PushedRepository;
  /** Signs in with GitHub, without a browser, for journeys that begin after it. */
  signIn(login: string): Promise<SignedIn>;
  stop(): Promise<void>;
}

export async function startStage(options: WorkerOptions = {}): Promise<Stage> {
  const dir = await mkdtemp(join(tmpdir(), "repobase-page-"));
  const github = startFakeGitHub({ interval: 0 });
  github.person({ id: 7, login: "alice", name: "Alice Example" });
  github.person({ id: 8, login: "bob" });
  const vars = {
    GITHUB_BASE_URL: github.baseUrl,
    GITHUB_CLIENT_ID: github.clientId,
    GITHUB_CLIENT_SECRET: github.clientSecret,
    SIGN_UP: "open",
    // models and receivers of the tests
    ALLOW_LOOPBACK: "1",
  };
  const [server, browser] = await Promise.all([
    startWorker({ ...options, vars: { ...vars, ...options.vars } }),
    startBrowser(),
  ]);
  const place = { origin: server.url, send: (request: Request) => fetch(request, { redirect: "manual" }) };
  const { apiKey, userId } = await deviceKey(place, github, "alice");
  const env = { REPOBASE_ENDPOINT: server.url, REPOBASE_API_KEY: apiKey, REPOBASE_USER_ID: userId };
  const pushed = (fixture: PageFixture) => push(dir, env, fixture);
  const [web, tools] = [await pushed(FIXTURES.web), await pushed(FIXTURES.tools)];
  const stop = async () => {
    await browser.close();
    await server.stop();
    await github.stop();
    await rm(dir, { recursive: true, force: true });
  };
  const signIn = (login: string) => sessionOf(place, github, login);
  return { browser, server, github, place, apiKey, web, tools, signIn, stop };
}

async function sessionOf(place: Place, github: FakeGitHub, login: string): Promise<SignedIn> {
  const client = new Client(place);
  await client.signIn(github, login);
  const cookie = {
    domain: "127.0.0.1",
    path: "/",
    expires: -1,
    httpOnly: true,
    secure: false,
    sameSite: "Lax",
  } as const;
  return { cookies: Array.from(client.jar, ([name, value]) => ({ name, value, ...cookie })), origins: [] };
}

async function push(dir: string, env: Record<string, string>, fixture: PageFixture): Promise<PushedRepository> {
  const code = join(dir, fixture.name);
  const terminal = new Terminal(code, { ...env, REPOBASE_HOME: join(dir, "home"), HOME: dir });
  const say = async <T>(line: string): Promise<T> => {
    const said = await terminal.run([...line.split(" "), "--json"]);
    if (said.code !== 0) throw new Error(`${line}: exit ${said.code}: ${said.stderr}${said.stdout}`);
    return JSON.parse(said.stdout) as T;
  };
  const first = await makeRepository(code, fixture.files);
  await git(code, "remote", "add", "origin", fixture.remote);
  const { repoId: id } = await say<{ repoId: string }>("add .");
  const second = await commitFiles(code, fixture.changes, "second");
  await say(`index ${id}`);
  await say(`cloud enable ${id}`);
  await say(`push ${id}`);
  return { id, commits: [first, second] };
}
