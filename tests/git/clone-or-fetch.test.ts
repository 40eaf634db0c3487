import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CloneOrFetchOptions, cloneOrFetch, type GitProgress } from "../../src/git/transport/clone-or-fetch.ts";
import { readBlob } from "../../src/git/objects/read-blob.ts";
import { readTree } from "../../src/git/objects/read-tree.ts";
import { head, openRepository } from "../../src/git/objects/repository.ts";
import { type ErrorCode, RepobaseError } from "../../src/protocol/errors.ts";
import { SELF_SIGNED } from "../helpers/self-signed.ts";
import {
  commitFiles,
  git,
  type GitServer,
  type GitServerOptions,
  makeRepository,
  startGitServer,
} from "../helpers/git-server.ts";

let dir = "";
let root = "";
let first = "";
const servers: GitServer[] = [];

/** Random bytes do not compress, so that a pack of them is large enough to be cut in the middle. */
const noise = (bytes: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("base64");

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "repobase-clone-"));
  root = join(dir, "srv");
  first = await makeRepository(join(root, "group/app"), {
    "README.md": "# app\n",
    "src/index.ts": "export const x = 1;\n",
    "src/run.sh": { executable: "#!/bin/sh\n" },
    "noise.txt": noise(40_000),
  });
  await git(join(root, "group/app"), "branch", "stable");
});
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function serve(options?: GitServerOptions): GitServer {
  const server = startGitServer(root, options);
  servers.push(server);
  return server;
}

let places = 0;
const place = () => join(dir, `clones/${++places}/git`);

async function failure(options: CloneOrFetchOptions): Promise<RepobaseError> {
  try {
    await cloneOrFetch(options);
  } catch (error) {
    if (error instanceof RepobaseError) return error;
    throw error;
  }
  throw new Error("no error");
}

/** The code, and that nothing of a clone is left and no password is told. */
async function expectNoClone(options: Omit<CloneOrFetchOptions, "gitdir">, code: ErrorCode): Promise<RepobaseError> {
  const gitdir = place();
  const error = await failure({ ...options, gitdir });
  expect([error.code, error.message]).toEqual([code, error.message]);
  expect(existsSync(join(gitdir, "..")) ? readdirSync(join(gitdir, "..")) : []).toEqual([]);
  expect(Bun.inspect(error)).not.toContain("hunter2");
  return error;
}

const files = (gitdir: string, commit: string) => {
  const repository = openRepository(gitdir, {});
  return Object.fromEntries(
    readTree(repository, commit).map(({ path, blob }) => [path, Buffer.from(readBlob(repository, blob)).toString()]),
  );
};

test("a clone of the default branch: shallow, bare, complete, with progress; again: one request", async () => {
  const server = serve();
  const gitdir = place();
  const steps: GitProgress[] = [];
  const result = await cloneOrFetch({ url: `${server.url}/group/app`, gitdir, onProgress: (step) => steps.push(step) });
  expect(result).toMatchObject({ commit: first, branch: "main", action: "cloned" });
  expect(result.offered.refs).toContainEqual({ name: "refs/heads/main", id: first, peeled: null });
  expect(result.bytes).toBeGreaterThan(40_000);
  expect(server.requests.length).toBe(2);
  expect(head(openRepository(gitdir, {}))).toEqual({ commit: first, branch: "main" });
  expect(openRepository(gitdir, {}).workTree).toBeNull();
  expect(Object.keys(files(gitdir, first))).toEqual(["README.md", "noise.txt", "src/index.ts", "src/run.sh"]);
  expect(await git(gitdir, "fsck", "--strict")).toBe("");
  expect(readdirSync(join(gitdir, ".."))).toEqual(["git"]);
  const phases = new Set(steps.map(({ phase }) => phase));
  expect(phases.has("receiving") && phases.has("indexing objects")).toBe(true);
  expect(steps.findLast(({ phase }) => phase === "receiving")?.loaded).toBe(result.bytes);

  const again = await cloneOrFetch({ url: `${server.url}/group/app`, gitdir });
  expect([again.action, again.commit]).toEqual(["unchanged", first]);
  expect(server.requests.length).toBe(3);
});

test("fetches after a shallow clone: new commits, forced pushes, other branches, tags; old commits stay readable", async () => {
  const repo = join(root, "moving");
  const one = await makeRepository(repo, { "a.txt": "1", "noise.txt": noise(60_000) });
  const server = serve();
  const url = `${server.url}/moving`;
  const gitdir = place();
  await cloneOrFetch({ url, gitdir });

  await commitFiles(repo, { "b.txt": "between" });
  const two = await commitFiles(repo, { "a.txt": "2", "c.txt": "new" });
  const fetched = await cloneOrFetch({ url, gitdir });
  expect([fetched.action, fetched.commit]).toEqual(["fetched", two]);
  expect(fetched.bytes).toBeLessThan(5_000); // not the noise again
  expect(Object.keys(files(gitdir, two))).toEqual(["a.txt", "b.txt", "c.txt", "noise.txt"]);

  await git(repo, "reset", "--quiet", "--hard", one);
  const forced = await commitFiles(repo, { "a.txt": "forced" }, "rewritten");
  expect(await cloneOrFetch({ url, gitdir })).toMatchObject({ action: "fetched", commit: forced, branch: "main" });
  expect(files(gitdir, forced)["a.txt"]).toBe("forced");

  await git(repo, "checkout", "--quiet", "-b", "feature/x");
  const feature = await commitFiles(repo, { "f.txt": "f" });
  await git(repo, "tag", "-a", "v1", "-m", "one", one);
  await git(repo, "checkout", "--quiet", "main");
  expect(await cloneOrFetch({ url, gitdir, branch: "feature/x" })).toMatchObject({
    action: "fetched",
    commit: feature,
    branch: "feature/x",
  });
  expect(head(openRepository(gitdir, {}))).toEqual({ commit: feature, branch: "feature/x" });
  expect(await cloneOrFetch({ url, gitdir, branch: "v1" })).toMatchObject({ commit: one, branch: "v1" });
  expect(await cloneOrFetch({ url, gitdir })).toMatchObject({ action: "unchanged", commit: forced, branch: "main" });

  for (const commit of [one, two, forced, feature]) expect(files(gitdir, commit)["noise.txt"]?.length).toBe(80_000);
  expect(files(gitdir, one)["a.txt"]).toBe("1");
  expect(files(gitdir, two)["a.txt"]).toBe("2");
});

test("a clone of a named branch, of a tag, and of a remote whose default branch is another", async () => {
  const repo = join(root, "trunk");
  const one = await makeRepository(repo, { "a.txt": "1" }, { branch: "trunk/x" });
  await git(repo, "tag", "-a", "v1.0", "-m", "one");
  const two = await commitFiles(repo, { "a.txt": "2" });
  await git(repo, "branch", "main", one);
  const { url } = serve();
  expect(await cloneOrFetch({ url: `${url}/trunk`, gitdir: place() })).toMatchObject({
    commit: two,
    branch: "trunk/x",
  });
  expect(await cloneOrFetch({ url: `${url}/trunk/`, gitdir: place(), branch: "main" })).toMatchObject({
    commit: one,
    branch: "main",
  });
  const gitdir = place();
  expect(await cloneOrFetch({ url: `${url}/trunk`, gitdir, branch: "v1.0" })).toMatchObject({
    commit: one,
    branch: "v1.0",
  });
  expect(files(gitdir, one)).toEqual({ "a.txt": "1" });
});

test("no such branch, and a repository without commits", async () => {
  const { url } = serve();
  const error = await expectNoClone({ url: `${url}/group/app`, branch: "nope" }, "ref_not_found");
  expect(error.hint).toBe("it has: main, stable");
  await git(root, "init", "--quiet", "--bare", "void.git");
  expect((await expectNoClone({ url: `${url}/void.git` }, "ref_not_found")).message).toContain("has no commits yet");
});

test("not a repository: 404, other answers, and garbage", async () => {
  await expectNoClone({ url: `${serve().url}/nothing/here` }, "not_a_repository");
  const answers: (() => Response)[] = [
    () => new Response("gone", { status: 410 }),
    () => new Response("<html>hello</html>", { headers: { "content-type": "text/html" } }),
    () =>
      new Response("nothing like it 0000", {
        headers: { "content-type": "application/x-git-upload-pack-advertisement" },
      }),
  ];
  for (const intercept of answers) await expectNoClone({ url: `${serve({ intercept }).url}/x` }, "not_a_repository");
});

test("private: with, without and with wrong credentials, none of which are stored or told", async () => {
  const server = serve({ auth: { username: "me", password: "hunter2:@/" } });
  const { host } = new URL(server.url);
  const error = await expectNoClone({ url: `${server.url}/group/app` }, "unauthorized");
  expect(error.hint).toContain("REPOBASE_GIT_TOKEN");
  expect((await expectNoClone({ url: `http://me:hunter2@${host}/group/app` }, "unauthorized")).hint).toContain(
    "refused",
  );
  await expectNoClone(
    { url: `${serve({ intercept: () => new Response("no", { status: 403 }) }).url}/x` },
    "unauthorized",
  );

  for (const options of [
    { url: `http://me:hunter2%3A%40%2F@${host}/group/app` },
    { url: `${server.url}/group/app`, askCredentials: async () => ({ username: "me", password: "hunter2:@/" }) },
  ]) {
    const gitdir = place();
    expect(await cloneOrFetch({ ...options, gitdir })).toMatchObject({ commit: first });
    expect(await git(gitdir, "config", "remote.origin.url")).toBe(`${server.url}/group/app`);
    const everything = await Bun.$`grep -r hunter2 ${gitdir}`.nothrow().quiet().text();
    expect(everything).toBe("");
  }
});

test("server trouble and too many requests", async () => {
  await expectNoClone({ url: `${serve({ intercept: () => new Response("", { status: 502 }) }).url}/x` }, "transient");
  await expectNoClone(
    { url: `${serve({ intercept: () => new Response("", { status: 429 }) }).url}/x` },
    "rate_limited",
  );
});

test("nobody there: refused, no such host, silent", async () => {
  const gone = startGitServer(root);
  await gone.stop();
  await expectNoClone({ url: `${gone.url}/x` }, "transient");
  await expectNoClone({ url: "http://no-such-host.invalid/x" }, "transient");
  const silent = serve({ intercept: () => new Promise<Response>(() => undefined) });
  const error = await expectNoClone({ url: `${silent.url}/x`, silenceMs: 200 }, "transient");
  expect(error.message).toContain("fell silent");
});

test("schemes that we do not speak", async () => {
  for (const url of ["ssh://git:hunter2@host/x", "git@host:x/y", "git://host/x", "file:///srv/x", "x"])
    await expectNoClone({ url }, "usage");
});

test("a list of branches that breaks off is no list of fewer branches", async () => {
  const list = await (await fetch(`${serve().url}/group/app/info/refs?service=git-upload-pack`)).text();
  for (const length of [0, 40, list.length - 30, list.length - 4]) {
    const intercept = () =>
      new Response(list.slice(0, length), {
        headers: { "content-type": "application/x-git-upload-pack-advertisement" },
      });
    await expectNoClone({ url: `${serve({ intercept }).url}/x` }, "transient");
  }
});

test("a certificate that nobody vouches for", async () => {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", tls: SELF_SIGNED, fetch: () => new Response("") });
  try {
    await expectNoClone({ url: `https://127.0.0.1:${server.port}/x` }, "untrusted_certificate");
  } finally {
    await server.stop(true);
  }
});

test("a server that cannot make shallow clones", async () => {
  const list = await (await fetch(`${serve().url}/group/app/info/refs?service=git-upload-pack`)).text();
  const without = list.replace(/ shallow( deepen-\S+)*/, (words) => " x".padEnd(words.length, "x"));
  expect(without).not.toBe(list);
  const intercept = (request: Request) =>
    request.method === "GET"
      ? new Response(without, { headers: { "content-type": "application/x-git-upload-pack-advertisement" } })
      : undefined;
  await expectNoClone({ url: `${serve({ intercept }).url}/group/app` }, "unsupported_remote");
});

test("a pack of garbage is a damaged answer", async () => {
  const pack = Buffer.from("\x01no pack at all, though it came whole and in a band of its own");
  const line = (bytes: Uint8Array) =>
    Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, "0")), bytes]);
  const body = Buffer.concat([line(Buffer.from("NAK\n")), line(pack), Buffer.from("0000")]);
  const intercept = (request: Request) => (request.method === "POST" ? new Response(body) : undefined);
  await expectNoClone({ url: `${serve({ intercept }).url}/group/app` }, "transient");
});

test("a transfer that breaks off leaves no clone, and a fetch that breaks off changes nothing", async () => {
  for (const cutPackAfter of [0, 30, 3_000, 30_000])
    await expectNoClone({ url: `${serve({ cutPackAfter }).url}/group/app` }, "transient");

  const repo = join(root, "breaking");
  const one = await makeRepository(repo, { "a.txt": "1" });
  const gitdir = place();
  const good = serve();
  await cloneOrFetch({ url: `${good.url}/breaking`, gitdir });
  const two = await commitFiles(repo, { "noise.txt": noise(80_000) });
  for (const cutPackAfter of [0, 3_000, 70_000]) {
    const error = await failure({ url: `${serve({ cutPackAfter }).url}/breaking`, gitdir });
    expect(error.code).toBe("transient");
    expect(head(openRepository(gitdir, {}))).toEqual({ commit: one, branch: "main" });
    expect(files(gitdir, one)).toEqual({ "a.txt": "1" });
  }
  expect(await cloneOrFetch({ url: `${good.url}/breaking`, gitdir })).toMatchObject({ action: "fetched", commit: two });
  expect(Object.keys(files(gitdir, two))).toEqual(["a.txt", "noise.txt"]);
});

test("cancelled: before, while the server is slow, while receiving, while indexing", async () => {
  const server = serve();
  const url = `${server.url}/group/app`;
  await expectNoClone({ url, signal: AbortSignal.abort() }, "interrupted");
  const slow = serve({ intercept: () => new Promise<Response>(() => undefined) });
  await expectNoClone({ url: `${slow.url}/x`, signal: AbortSignal.timeout(50) }, "interrupted");
  for (const phase of ["receiving", "indexing objects"]) {
    const stop = new AbortController();
    await expectNoClone(
      { url, signal: stop.signal, onProgress: (step) => step.phase === phase && step.loaded > 0 && stop.abort() },
      "interrupted",
    );
  }
});

test("a repository that moved: redirects are followed, and credentials stay with their host", async () => {
  const seen: (string | null)[] = [];
  const target = serve({ intercept: (request) => void seen.push(request.headers.get("authorization")) });
  const old = serve({
    intercept: (request) =>
      Response.redirect(request.url.replace(/^http:\/\/[^/]+\/old/, `${target.url}/group/app`), 301),
  });
  const url = old.url.replace("http://", "http://me:hunter2@");
  expect(await cloneOrFetch({ url: `${url}/old`, gitdir: place() })).toMatchObject({ commit: first });
  expect(seen).toEqual([null, null]);
  expect(old.requests.length).toBe(1);
  const circle: GitServer = serve({ intercept: (request) => Response.redirect(request.url, 302) });
  await expectNoClone({ url: `${circle.url}/x` }, "not_a_repository");
});

test("unfinished clones of a killed process are cleared away once they are old", async () => {
  const gitdir = place();
  const [old, young] = ["old", "young"].map((name) => join(gitdir, `../.tmp-repobase-${name}`)) as [string, string];
  for (const path of [old, young]) mkdirSync(path, { recursive: true });
  const yesterday = Date.now() / 1000 - 25 * 3600;
  utimesSync(old, yesterday, yesterday);
  await cloneOrFetch({ url: `${serve().url}/group/app`, gitdir });
  expect(readdirSync(join(gitdir, "..")).sort()).toEqual([".tmp-repobase-young", "git"]);
});

test("two clones at once to the same place: both succeed, one is kept", async () => {
  const { url } = serve();
  const gitdir = place();
  const results = await Promise.all([1, 2, 3].map(() => cloneOrFetch({ url: `${url}/group/app`, gitdir })));
  expect(results.map(({ commit }) => commit)).toEqual([first, first, first]);
  expect(readdirSync(join(gitdir, ".."))).toEqual(["git"]);
  expect(await git(gitdir, "fsck")).toBe("");
});

test("a place that cannot be written", async () => {
  const file = join(dir, "a-file");
  await Bun.write(file, "");
  expect((await failure({ url: `${serve().url}/group/app`, gitdir: join(file, "git") })).code).toBe("home_unwritable");
});

test("the stored configuration names the remote", async () => {
  const { url } = serve();
  const gitdir = place();
  await cloneOrFetch({ url: `${url}/group/app?token=hunter2`, gitdir });
  expect(readFileSync(join(gitdir, "config"), "utf8")).not.toContain("hunter2");
});
