/** The compiled binary as its users run it: indexes the trees, answers questions over standard input. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { IndexResult } from "../../src/porcelain/indexing/index-result.ts";
import type { SearchMode, SearchResponse } from "../../src/protocol/search-api.ts";

export const BUILT = join(import.meta.dir, "../../dist/repobase");

export const homeOf = (out: string): string => join(out, "home");

export class Product {
  constructor(
    private readonly out: string,
    private readonly binary = BUILT,
  ) {
    if (!existsSync(binary)) throw new Error(`there is no ${binary}; build first: bun run build`);
  }

  get isIndexed(): boolean {
    return existsSync(join(homeOf(this.out), "config.json"));
  }

  /** Into a fresh home, one tree after the other. @returns seconds of the whole process beside what it says of itself */
  async indexAll(trees: readonly string[]): Promise<Map<string, IndexResult & { readonly seconds: number }>> {
    rmSync(homeOf(this.out), { recursive: true, force: true });
    const times = new Map<string, IndexResult & { seconds: number }>();
    for (const tree of trees) {
      const started = performance.now();
      const child = this.start(["add", join(this.out, "trees", tree), "--name", tree, "--quiet", "--json"]);
      child.stdin.end();
      const [text, err, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ]);
      if (code !== 0) throw new Error(`repobase add ${tree}: ${err}`);
      times.set(tree, { ...(JSON.parse(text) as IndexResult), seconds: (performance.now() - started) / 1000 });
    }
    return times;
  }

  /** One process asks all, each question after the answer before it. @returns answers, and milliseconds of each */
  async ask(
    tree: string,
    mode: SearchMode,
    questions: readonly string[],
  ): Promise<{ answers: SearchResponse[]; times: number[] }> {
    const child = this.start([
      "search",
      "--stdin",
      "--json",
      "--quiet",
      "--limit",
      "10",
      "--mode",
      mode,
      "--repo",
      tree,
    ]);
    const errors = new Response(child.stderr).text();
    const lines = readLines(child.stdout);
    const answers: SearchResponse[] = [];
    const times: number[] = [];
    for (const q of questions) {
      const started = performance.now();
      child.stdin.write(`${q}\n`);
      await child.stdin.flush();
      const { value } = await lines.next();
      if (value === undefined)
        throw new Error(`repobase search on ${tree} stopped at ${JSON.stringify(q)}: ${await errors}`);
      times.push(performance.now() - started);
      answers.push(JSON.parse(value) as SearchResponse);
    }
    child.stdin.end();
    if ((await child.exited) !== 0) throw new Error(`repobase search on ${tree}: ${await errors}`);
    return { answers, times };
  }

  private start(args: readonly string[]) {
    const env = { PATH: process.env.PATH ?? "", TMPDIR: process.env.TMPDIR ?? "/tmp", REPOBASE_HOME: homeOf(this.out) };
    return Bun.spawn([this.binary, ...args], { env, stdin: "pipe", stdout: "pipe", stderr: "pipe" });
  }
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  return undefined;
}
