/**
 * Index and query times beside other tools on the same trees in the same run:
 * `bun benchmarks/peers.ts [--rounds 3] [--query <words>]... [--codegraph <program>] [--probe <program>] [--rg <program>] <git repository>[@revision][:folder]...`
 * Whole processes on the clock, medians over the rounds (and over the queries), the tools taking turns; a tool that is not given is left out. They
 * are installed by hand, outside this tree:
 *   codegraph  npm install @colbymchenry/codegraph@1.6.1, then node_modules/.bin/codegraph (runs with CODEGRAPH_TELEMETRY=0)
 *   probe      npm pack @probelabs/probe; unpack it, and in it bin/binaries/probe-*-<platform>.tar.gz
 *   rg         Debian's ripgrep
 * probe and ripgrep have no index. codegraph is asked with `explore`, ripgrep for any of a query's words.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { formatBytes } from "../src/text/figures.ts";
import { git } from "../tests/helpers/git-server.ts";

const root = join(import.meta.dir, "..");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "3" },
    // of anybody's code: a tool that finds nothing is fast
    query: { type: "string", multiple: true, default: ["how are errors handled", "where is the configuration read"] },
    binary: { type: "string", default: join(root, "dist", "repobase") },
    codegraph: { type: "string" },
    probe: { type: "string" },
    rg: { type: "string" },
  },
});
if (positionals.length === 0)
  throw new Error("usage: bun benchmarks/peers.ts [options] <git repository>[@revision][:folder]...");
if (!existsSync(values.binary)) throw new Error("build first: bun run build");
const rounds = Number(values.rounds);

interface Tool {
  readonly name: string;
  readonly program: string;
  /** Absent: the tool has no index. */
  readonly index?: { readonly args: readonly string[]; readonly clear: () => void };
  readonly queries: readonly { readonly label: string; readonly args: (query: string) => readonly string[] }[];
}

const dir = mkdtempSync(join(tmpdir(), "repobase-peers-"));
const env = {
  PATH: process.env.PATH ?? "",
  HOME: dir,
  REPOBASE_HOME: join(dir, "home"),
  CODEGRAPH_TELEMETRY: "0",
  NO_COLOR: "1",
};
const columns = new Map<string, number[]>();
try {
  for (const [i, source] of positionals.entries()) await measure(source, i === 0);
  console.log(
    `| mean of ${positionals.length} | | ${[...columns.values()].map((times) => cell(mean(times))).join(" | ")} |`,
  );
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function measure(source: string, first: boolean): Promise<void> {
  const tree = join(dir, "tree");
  const name = await writeTree(source, tree);
  const tools = toolsFor(tree);
  const labels = tools.flatMap((tool) => [
    ...(tool.index ? [`${tool.name} index`] : []),
    ...tool.queries.map(({ label }) => label),
  ]);
  if (first)
    console.log(
      `| whole processes, ms | files, chunks, text | ${labels.join(" | ")} |\n|---|---|${"---|".repeat(labels.length)}`,
    );
  const times = new Map<string, number[]>(labels.map((label) => [label, []]));
  const time = async (label: string, program: string, args: readonly string[]) => {
    const began = performance.now();
    const out = await run(tree, program, args);
    times.get(label)?.push(performance.now() - began);
    return out;
  };
  let size = "";
  for (let round = 0; round < rounds; round++) {
    for (const tool of tools) {
      tool.index?.clear();
      const out = tool.index ? await time(`${tool.name} index`, tool.program, tool.index.args) : "";
      if (tool.name === "repobase") size = describeSize(out);
    }
    for (const query of values.query)
      for (const tool of tools)
        for (const { label, args } of tool.queries) await time(label, tool.program, args(query));
  }
  for (const [label, spent] of times) columns.set(label, [...(columns.get(label) ?? []), median(spent)]);
  console.log(`| ${name} | ${size} | ${[...times.values()].map((spent) => cell(median(spent))).join(" | ")} |`);
  rmSync(tree, { recursive: true, force: true });
}

function toolsFor(tree: string): readonly Tool[] {
  const { binary, codegraph, probe, rg } = values;
  const remove = (path: string) => () => rmSync(path, { recursive: true, force: true });
  const tools: Tool[] = [
    {
      name: "repobase",
      program: binary,
      index: { args: ["add", tree, "--json"], clear: remove(env.REPOBASE_HOME) },
      queries: [
        { label: "repobase keyword query", args: (query) => ["search", query, "--mode", "keyword"] },
        { label: "repobase hybrid query", args: (query) => ["search", query] },
      ],
    },
  ];
  if (codegraph !== undefined)
    tools.push({
      name: "codegraph",
      program: resolve(codegraph),
      index: { args: ["init", "--yes", tree], clear: remove(join(tree, ".codegraph")) },
      queries: [{ label: "codegraph query", args: (query) => ["explore", "--path", tree, query] }],
    });
  if (probe !== undefined)
    tools.push({
      name: "probe",
      program: resolve(probe),
      queries: [{ label: "probe query", args: (query) => ["search", query, tree] }],
    });
  if (rg !== undefined) {
    const words = (query: string) => query.split(/\W+/).filter((word) => word.length > 3);
    const args = (query: string) => ["--count", "--ignore-case", ...words(query).flatMap((word) => ["-e", word]), tree];
    tools.push({ name: "ripgrep", program: resolve(rg), queries: [{ label: "ripgrep query", args }] });
  }
  return tools;
}

/** The folder at that revision, committed as a repository of its own. @returns what to call it */
async function writeTree(source: string, into: string): Promise<string> {
  const [, path = "", revision = "HEAD", folder] = /^(.*?)(?:@([^@:/]+))?(?::([^:]+))?$/.exec(source) ?? [];
  const tar = join(dir, "tree.tar");
  mkdirSync(into, { recursive: true });
  await git(path, "archive", `--output=${tar}`, folder === undefined ? revision : `${revision}:${folder}`);
  await run(into, "tar", ["xf", tar]);
  await git(into, "init", "--quiet");
  await git(into, "add", "--all", "--force");
  await git(
    into,
    "-c",
    "user.name=bench",
    "-c",
    "user.email=bench@localhost",
    "commit",
    "--quiet",
    "--message",
    "tree",
  );
  const own = basename(resolve(path));
  return `${own === "repo" || own === ".git" ? basename(dirname(resolve(path))) : own}${folder === undefined ? "" : ` ${folder}`}`;
}

async function run(cwd: string, program: string, args: readonly string[]): Promise<string> {
  const child = Bun.spawn([program, ...args], { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  // grep's 1 is "nothing found"
  if (code !== 0 && !(code === 1 && program === (values.rg === undefined ? "" : resolve(values.rg))))
    throw new Error(`${program} ${args.join(" ")} exited ${code}: ${err}`);
  return out;
}

function describeSize(json: string): string {
  const { files, newChunks, newBytes } = JSON.parse(json) as { files: number; newChunks: number; newBytes: number };
  return `${files}, ${newChunks}, ${formatBytes(newBytes)}`;
}

function cell(ms: number): string {
  return ms.toFixed(0);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
