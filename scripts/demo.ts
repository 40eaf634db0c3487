/**
 * The whole path in one minute, on real parts: builds the binary, indexes this repository, starts the server on
 * workerd with R2, pushes, pulls into a second home, and searches in all three places. Everything stays in `.demo/`.
 */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { formatBytes } from "../src/text/figures.ts";
import { startWorker } from "../tests/helpers/worker-server.ts";

const root = join(import.meta.dir, "..");
const folder = join(root, ".demo");
rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, "tmp"), { recursive: true });
const question = process.argv[2] ?? "how is the ref moved by compare and swap";

await step("build the binary and the Worker", async () => {
  for (const script of ["build.ts", "build-worker.ts"]) {
    const run = Bun.spawnSync([process.execPath, join(root, "scripts", script)], {
      stdout: "inherit",
      stderr: "inherit",
    });
    if (run.exitCode !== 0) process.exit(run.exitCode ?? 1);
  }
});
const binary = join(root, "dist", "repobase");

const server = await step("start the server: workerd with R2", () => startWorker());
const apiKey = await server.issueKey("demo");
say(`listening on ${server.url}`);

const first = { REPOBASE_HOME: join(folder, "first-machine") };
const second = {
  REPOBASE_HOME: join(folder, "second-machine"),
  REPOBASE_ENDPOINT: server.url,
  REPOBASE_API_KEY: apiKey,
};

try {
  const added = await step("index this repository", () => repobase(first, "add", root, "--name", "repobase"));
  say(
    `${added.files} files, ${added.newChunks} chunks, index ${formatBytes(added.indexBytes)}, ${added.skipped.length} files skipped`,
  );
  const signedIn = { ...first, REPOBASE_ENDPOINT: server.url, REPOBASE_API_KEY: apiKey };
  await repobase(signedIn, "cloud", "login");
  await repobase(signedIn, "cloud", "enable", "repobase");

  const pushed = await step("push", () => repobase(signedIn, "push", "repobase"));
  say(`${pushed.filesUploaded} objects, ${formatBytes(pushed.bytesUploaded)}, ${pushed.requests} requests`);
  const again = await step("push again, nothing new", () => repobase(signedIn, "push", "repobase"));
  say(`${again.requests} request`);
  const pulled = await step("pull on a second machine", () => repobase(second, "pull", "repobase"));
  say(`${pulled.filesDownloaded} objects, ${formatBytes(pulled.bytesDownloaded)}`);

  const search = ["search", question, "--limit", "3"];
  const answers = [
    await step("search on the first machine", () => repobase(first, ...search, "--ref", added.branch)),
    await step("search on the second, without the source", () => repobase(second, ...search)),
    await step("search over HTTP", () => repobase(second, ...search, "--remote")),
  ];
  const places = answers.map((a) =>
    JSON.stringify(a.results.map((r: { path: string; startLine: number }) => [r.path, r.startLine])),
  );
  if (new Set(places).size !== 1) throw new Error(`the three answers differ:\n${places.join("\n")}`);
  console.log(`\nThe three answers are the same. "${question}":\n`);
  const shown = Bun.spawnSync([binary, ...search, "--quiet"], { env: { ...second, PATH: "", HOME: folder } });
  console.log(shown.stdout.toString());
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Runs the binary with this environment and nothing else, and gives back its JSON. */
async function repobase(env: Record<string, string>, ...args: string[]) {
  if (!existsSync(binary)) throw new Error("the binary is not there");
  const run = Bun.spawn([binary, ...args, "--json"], {
    cwd: folder,
    env: { ...env, HOME: folder, TMPDIR: join(folder, "tmp") },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
  if (code !== 0) throw new Error(`repobase ${args.join(" ")} exited ${code}: ${err}`);
  return JSON.parse(out);
}

async function step<T>(title: string, action: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const value = await action();
  console.log(`${((performance.now() - started) / 1000).toFixed(2).padStart(6)} s  ${title}`);
  return value;
}

function say(text: string): void {
  console.log(`          ${text}`);
}
