/**
 * A real git server for tests: `git http-backend` (smart HTTP) behind Bun.serve, and repositories made on the spot with
 * the git CLI. Everything git does here is independent of the machine: no system or user configuration, a fixed author
 * and date, so the same files make the same commit ids. Every repository below `rootDir` is served at `url/<its path>`.
 */
import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const GIT_ENV = {
  PATH: process.env.PATH ?? "/usr/bin:/bin",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Test Author",
  GIT_AUTHOR_EMAIL: "author@example.com",
  GIT_AUTHOR_DATE: "2024-01-02T03:04:05Z",
  GIT_COMMITTER_NAME: "Test Author",
  GIT_COMMITTER_EMAIL: "author@example.com",
  GIT_COMMITTER_DATE: "2024-01-02T03:04:05Z",
  GIT_TERMINAL_PROMPT: "0",
  LC_ALL: "C",
};

/** What to put at a path: text, bytes, a symbolic link, an executable, or null to delete it. */
export type FileChange = string | Uint8Array | { readonly link: string } | { readonly executable: string } | null;

/** Runs git in `dir` and returns its standard output without the last newline. Throws with git's own words. */
export async function git(dir: string, ...args: readonly string[]): Promise<string> {
  const child = Bun.spawn(["git", ...args], { cwd: dir, env: GIT_ENV, stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`git ${args.join(" ")} exited with ${code}: ${err}`);
  return out.replace(/\n$/, "");
}

/** Writes (or deletes) files below `dir`, making folders as needed. */
export async function writeFiles(dir: string, files: Readonly<Record<string, FileChange>>): Promise<void> {
  for (const [path, change] of Object.entries(files)) {
    const target = join(dir, path);
    await mkdir(dirname(target), { recursive: true });
    await rm(target, { force: true });
    if (change === null) continue;
    if (typeof change === "string" || change instanceof Uint8Array) await writeFile(target, change);
    else if ("link" in change) await symlink(change.link, target);
    else {
      await writeFile(target, change.executable);
      await chmod(target, 0o755);
    }
  }
}

/** Applies `changes`, stages everything (ignored files too: a test names what it wants) and commits. Returns the commit id. */
export async function commitFiles(
  dir: string,
  changes: Readonly<Record<string, FileChange>>,
  message = "change",
): Promise<string> {
  await writeFiles(dir, changes);
  const paths = Object.keys(changes);
  if (paths.length > 0) await git(dir, "add", "--all", "--force", "--", ...paths);
  await git(dir, "commit", "--quiet", "--allow-empty", "--message", message);
  return git(dir, "rev-parse", "HEAD");
}

/** Makes a repository with a work tree at `dir` whose one commit, on branch `main`, holds `files`. Returns the commit id. */
export async function makeRepository(
  dir: string,
  files: Readonly<Record<string, FileChange>>,
  options: { readonly message?: string; readonly branch?: string } = {},
): Promise<string> {
  await mkdir(dir, { recursive: true });
  await git(dir, "init", "--quiet", `--initial-branch=${options.branch ?? "main"}`);
  await git(dir, "config", "core.autocrlf", "false");
  return commitFiles(dir, files, options.message ?? "first");
}

export interface GitServerOptions {
  /** Ask for this basic authentication; anything else gets 401. */
  readonly auth?: { readonly username: string; readonly password: string };
  /** Answers a request itself (404, garbage, a cut-off body) or returns undefined to let git answer. */
  readonly intercept?: (request: Request) => Response | undefined | Promise<Response | undefined>;
  /** Cuts the connection after this many bytes of a pack. */
  readonly cutPackAfter?: number;
}

export interface GitServer {
  /** Without a trailing slash. A repository at `rootDir/a/b` is cloned from `${url}/a/b`. */
  readonly url: string;
  /** Requests answered so far, as "GET /path?query". */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/** Serves the repositories below `rootDir` (bare or with a work tree) on a free port of localhost. */
export function startGitServer(rootDir: string, options: GitServerOptions = {}): GitServer {
  const requests: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 60,
    async fetch(request) {
      const url = new URL(request.url);
      requests.push(`${request.method} ${url.pathname}${url.search}`);
      if (options.auth !== undefined) {
        const expected = `Basic ${btoa(`${options.auth.username}:${options.auth.password}`)}`;
        if (request.headers.get("authorization") !== expected) {
          return new Response("authentication required", {
            status: 401,
            headers: { "www-authenticate": 'Basic realm="tests"' },
          });
        }
      }
      const own = await options.intercept?.(request);
      if (own !== undefined) return own;
      const response = await runHttpBackend(rootDir, request);
      const isPack = url.pathname.endsWith("/git-upload-pack");
      return options.cutPackAfter !== undefined && isPack ? cutOff(response, options.cutPackAfter) : response;
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    requests,
    stop: () => server.stop(true),
  };
}

/** One CGI run: request in, header block and body out. The body is streamed. */
async function runHttpBackend(rootDir: string, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const child = Bun.spawn(["git", "-c", "safe.directory=*", "http-backend"], {
    env: {
      ...GIT_ENV,
      GIT_PROJECT_ROOT: rootDir,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers.get("content-type") ?? "",
      HTTP_CONTENT_ENCODING: request.headers.get("content-encoding") ?? "",
      GIT_PROTOCOL: request.headers.get("git-protocol") ?? "",
      REMOTE_ADDR: "127.0.0.1",
    },
    stdin: new Uint8Array(await request.arrayBuffer()),
    stdout: "pipe",
    stderr: "ignore",
  });
  const reader = child.stdout.getReader();
  let head = Buffer.alloc(0);
  let end = -1;
  while (end < 0) {
    const { done, value } = await reader.read();
    if (done) return new Response("git http-backend gave no answer", { status: 500 });
    head = Buffer.concat([head, value]);
    end = head.indexOf("\r\n\r\n");
  }
  const headers = new Headers();
  let status = 200;
  for (const line of head.subarray(0, end).toString("latin1").split("\r\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else headers.append(name, value);
  }
  const rest = head.subarray(end + 4);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (rest.length > 0) controller.enqueue(rest);
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel() {
      child.kill();
    },
  });
  return new Response(body, { status, headers });
}

/** The same answer whose body ends, without an error the client could see, after `limit` bytes. */
function cutOff(response: Response, limit: number): Response {
  let left = limit;
  const body = response.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        if (chunk.length < left) {
          left -= chunk.length;
          controller.enqueue(chunk);
        } else {
          controller.enqueue(chunk.subarray(0, left));
          controller.terminate();
        }
      },
    }),
  );
  return new Response(body, { status: response.status, headers: response.headers });
}
