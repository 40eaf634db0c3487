/** Whom credentials are sent to, and when: to the host they are for, over https, once it asked; never to one that it redirects to. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cloneOrFetch } from "../../src/git/transport/clone-or-fetch.ts";
import { askGit } from "../../src/git/transport/credential-helper.ts";
import { isSameHost, redirectTarget, REFS } from "../../src/git/transport/redirects.ts";
import { credentialsFor } from "../../src/porcelain/indexing/git-credentials.ts";
import { isRepobaseError } from "../../src/protocol/errors.ts";
import { type GitServer, makeRepository, startGitServer } from "../helpers/git-server.ts";

let dir = "";
let commit = "";
const servers: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "repobase-credentials-"));
  commit = await makeRepository(join(dir, "srv", "app"), { "a.txt": "1" });
});
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let places = 0;
const place = () => join(dir, "clones", String(++places));
const basic = (text: string) => `Basic ${btoa(text)}`;

/** A server that wants these credentials, and what it was sent. */
function privateServer(expected: string): { server: GitServer; seen: (string | null)[] } {
  const seen: (string | null)[] = [];
  const server = startGitServer(join(dir, "srv"), {
    intercept(request) {
      seen.push(request.headers.get("authorization"));
      if (seen.at(-1) !== expected)
        return new Response("", { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } });
      return undefined;
    },
  });
  servers.push(server);
  return { server, seen };
}

test("nothing is sent before the host asked, then with each request; one that does not ask gets nothing", async () => {
  const { server, seen } = privateServer(basic("me:hunter2"));
  const url = `${server.url.replace("http://", "http://me:hunter2@")}/app`;
  expect(await cloneOrFetch({ url, gitdir: place() })).toMatchObject({ commit });
  expect(seen).toEqual([null, basic("me:hunter2"), basic("me:hunter2")]);

  let asked = 0;
  const open = startGitServer(join(dir, "srv"), { intercept: (r) => void seen.push(r.headers.get("authorization")) });
  servers.push(open);
  const askCredentials = async () => ({ username: "me", password: `hunter${++asked}` });
  seen.length = 0;
  await cloneOrFetch({ url: `${open.url}/app`, gitdir: place(), askCredentials });
  expect([seen, asked]).toEqual([[null, null], 0]);
});

test("a host that another one redirects to gets no credentials, though it asks; and that is said", async () => {
  const { server: other, seen } = privateServer(basic("me:hunter2"));
  const named = startGitServer(dir, {
    intercept: ({ url }) => Response.redirect(other.url + new URL(url).pathname + new URL(url).search, 302),
  });
  servers.push(named);
  const url = `${named.url.replace("http://", "http://me:hunter2@")}/app`;
  const askCredentials = async () => ({ username: "me", password: "hunter2" });
  const error = await cloneOrFetch({ url, gitdir: place(), askCredentials }).catch((e: unknown) => e);
  expect(isRepobaseError(error, "unauthorized") && [error.message, error.hint]).toEqual([
    expect.stringContaining(`redirects to "${new URL(other.url).host}"`),
    expect.stringContaining("credentials go to no host but the one you named"),
  ]);
  expect(seen).toEqual([null]);
});

test("where a redirect may lead", () => {
  const from = `https://example.org/a${REFS}`;
  expect(redirectTarget({ from, location: `https://u:p@other.org/b${REFS}` })).toBe(`https://other.org/b${REFS}`);
  expect(redirectTarget({ from, location: `/b.git${REFS}` })).toBe(`https://example.org/b.git${REFS}`);
  expect(redirectTarget({ from: from.replace("https", "http"), location: from })).toBe(from);
  const bad = [
    `file:///etc/passwd${REFS}`,
    `ftp://x/y${REFS}`,
    `http://example.org/a${REFS}`,
    "data:,x",
    "https://[",
    "https://example.org/login",
    `https://example.org/a${REFS}&x`,
  ];
  for (const location of bad) expect(() => redirectTarget({ from, location })).toThrow();
  const same = (url: string) => isSameHost("http://example.org/a", url);
  const urls = [
    "http://example.org/b",
    "https://example.org/b",
    "https://example.org:444/b",
    "http://x.example.org/",
    "https://example.org.evil.com/",
  ];
  expect(urls.map(same)).toEqual([true, true, false, false, false]);
  expect(isSameHost("https://example.org/a", "http://example.org/a")).toBe(false);
});

test("a request for contents is not redirected anywhere", async () => {
  const target = startGitServer(join(dir, "srv"));
  const turning = startGitServer(join(dir, "srv"), {
    intercept: ({ url, method }) =>
      method === "POST" ? Response.redirect(target.url + new URL(url).pathname, 307) : undefined,
  });
  servers.push(target, turning);
  const error = await cloneOrFetch({ url: `${turning.url}/app`, gitdir: place() }).catch((e: unknown) => e);
  expect(isRepobaseError(error, "refused_remote") && error.message).toContain("redirects a request for its contents");
  expect(target.requests).toEqual([]);
});

test("a token belongs to one host, github.com unless another is named, and to https", async () => {
  const env = { REPOBASE_GIT_TOKEN: "t", PATH: "" } as { REPOBASE_GIT_TOKEN: string };
  const token = { username: "x-access-token", password: "t" };
  expect(await credentialsFor("https://github.com/a/b", env)).toEqual(token);
  for (const url of [
    "https://gitlab.com/a",
    "http://github.com/a",
    "https://github.com.evil.org/a",
    "https://github.com:444/a",
  ])
    expect(await credentialsFor(url, env)).toBeNull();
  const named = { ...env, REPOBASE_GIT_TOKEN_HOST: "Git.example.org:8443", REPOBASE_GIT_USER: "me" };
  expect(await credentialsFor("https://git.example.org:8443/a", named)).toEqual({ username: "me", password: "t" });
  for (const url of ["https://github.com/a/b", "https://git.example.org/a"])
    expect(await credentialsFor(url, named)).toBeNull();
});

test("the user's git is asked: its helpers, no prompt, not for long, and not a stranger's configuration", async () => {
  const config = join(dir, "gitconfig");
  const helper = join(dir, "helper.sh");
  writeFileSync(helper, '#!/bin/sh\ncat >"$0.asked"\necho username=me\necho password=from-helper\n');
  chmodSync(helper, 0o755);
  writeFileSync(
    config,
    `[credential "https://example.org"]\n\thelper = ${helper}\n[credential "https://slow.org"]\n\thelper = "!sleep 30"\n`,
  );
  const env = { PATH: process.env.PATH, HOME: dir, GIT_CONFIG_GLOBAL: config, GIT_CONFIG_NOSYSTEM: "1" };
  expect(await askGit("https://example.org/a%20b", env)).toEqual({ username: "me", password: "from-helper" });
  expect(await Bun.file(`${helper}.asked`).text()).toContain("host=example.org");
  expect(await askGit("https://unknown.org/a", env)).toBeNull();
  expect(await askGit("http://example.org/a", env)).toBeNull();
  expect(await askGit("https://unknown.org/a%0ahost=example.org", env)).toBeNull();
  expect(await askGit("https://example.org/a", { ...env, PATH: "" })).toBeNull();
  const began = performance.now();
  expect(await askGit("https://slow.org/a", env, 300)).toBeNull();
  expect(performance.now() - began).toBeLessThan(5_000);
});

test("over TLS: the token reaches the host it is for and no other", async () => {
  const keys = join(dir, "tls");
  mkdirSync(keys);
  const made = Bun.spawnSync(
    [
      "openssl",
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "1",
      "-subj",
      "/CN=localhost",
    ].concat(["-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem"]),
    { cwd: keys },
  );
  expect(made.exitCode).toBe(0);
  const { server: inner, seen } = privateServer(basic("x-access-token:secret"));
  const outer = Bun.serve({
    hostname: "localhost",
    port: 0,
    tls: { key: Bun.file(join(keys, "key.pem")), cert: Bun.file(join(keys, "cert.pem")) },
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const { method, headers } = request;
      const body = method === "POST" ? await request.arrayBuffer() : undefined;
      return fetch(inner.url + pathname + search, { method, headers, ...(body ? { body } : {}) });
    },
  });
  servers.push({ stop: () => outer.stop(true) });
  const source = (path: string) => JSON.stringify(join(import.meta.dir, "../../src", path));
  const script = `
    import { cloneOrFetch } from ${source("git/transport/clone-or-fetch.ts")};
    import { credentialsFor } from ${source("porcelain/indexing/git-credentials.ts")};
    const [url, gitdir] = process.argv.slice(-2);
    const askCredentials = (asking) => credentialsFor(asking, process.env);
    console.log(await cloneOrFetch({ url, gitdir, askCredentials }).then((r) => r.commit, (e) => e.code));`;
  const run = async (host: string | undefined) => {
    const child = Bun.spawn([process.execPath, "run", "-", `https://localhost:${outer.port}/app`, place()], {
      env: {
        NODE_EXTRA_CA_CERTS: join(keys, "cert.pem"),
        REPOBASE_GIT_TOKEN: "secret",
        ...(host === undefined ? {} : { REPOBASE_GIT_TOKEN_HOST: host }),
      },
      stdin: Buffer.from(script),
      stdout: "pipe",
    });
    return (await new Response(child.stdout).text()).trim();
  };
  expect(await run(undefined)).toBe("unauthorized");
  expect(seen).toEqual([null]);
  expect(await run(`localhost:${outer.port}`)).toBe(commit);
});
