/**
 * The first path of a stranger, timed step by step with the compiled program and an empty home: the copy stands for the download, then
 * add, the first answer, and sharing over a server of one's own. Run: bun benchmarks/first-path.ts [folder] (default: this repository)
 */
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "..");
const folder = resolve(process.argv[2] ?? root);
const dir = await mkdtemp(join(tmpdir(), "repobase-first-path-"));
const program = join(dir, "repobase");
const env = (home: string) => ({
  PATH: process.env.PATH ?? "",
  HOME: dir,
  REPOBASE_HOME: join(dir, home),
  TMPDIR: dir,
});
const steps: { readonly step: string; readonly seconds: number }[] = [];

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  const seconds = (performance.now() - began) / 1000;
  steps.push({ step: name, seconds });
  console.log(`${seconds.toFixed(2).padStart(8)} s  ${name}`);
  return result;
}

/** @throws with what it said when it fails */
async function run(home: string, ...words: string[]): Promise<string> {
  const child = Bun.spawn([program, ...words], {
    env: env(home),
    cwd: dir,
    stdout: "pipe",
    stderr: "pipe",
    stdin: "ignore",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`repobase ${words.join(" ")}: exit ${code}\n${err}`);
  return out;
}

const QUESTION = "where is a request retried";
let server: Bun.Subprocess<"ignore", "pipe", "inherit"> | undefined;
try {
  await step("copy the program", () => copyFile(join(root, "dist/repobase"), program));
  await step("repobase (the first screen)", () => run("one"));
  const added = await step("repobase add", () => run("one", "add", folder, "--name", "first", "--json"));
  const { repoId, files, newChunks } = JSON.parse(added) as { repoId: string; files: number; newChunks: number };
  const first = await step("repobase search, the first answer", () => run("one", "search", QUESTION, "--json"));
  const { results } = JSON.parse(first) as { results: unknown[] };
  if (results.length === 0) throw new Error("the first search found nothing");
  const toAnswer = steps.reduce((sum, { seconds }) => sum + seconds, 0);
  await step("repobase search, again", () => run("one", "search", QUESTION));
  const { url, apiKey } = await step("repobase serve, until it listens", async () => {
    const words = ["serve", "--port", "0", "--data", join(dir, "bucket"), "--json"];
    server = Bun.spawn([program, ...words], { env: env("server"), stdin: "ignore", stdout: "pipe", stderr: "inherit" });
    for await (const chunk of server.stdout)
      return JSON.parse(new TextDecoder().decode(chunk)) as { url: string; apiKey: string };
    throw new Error("repobase serve ended");
  });
  const login = ["cloud", "login", "--endpoint", url, "--api-key", apiKey];
  await step("repobase cloud login", () => run("one", ...login));
  await step("repobase cloud enable", () => run("one", "cloud", "enable", repoId));
  await step("repobase push", () => run("one", "push", repoId));
  await run("two", ...login);
  await step("repobase pull, on another machine", () => run("two", "pull", repoId));
  await step("repobase search --remote", () => run("two", "search", QUESTION, "--remote"));
  console.log(`\n${files} files, ${newChunks} chunks of ${folder}`);
  console.log(`download (the copy) to first answer: ${toAnswer.toFixed(2)} s`);
} finally {
  server?.kill();
  await server?.exited;
  await rm(dir, { recursive: true, force: true });
}
