/**
 * What the tools of agents cost, over real repositories: tokens of 50 calls, and 20 lookups beside ripgrep and reading files.
 *
 * `bun benchmarks/mcp.ts --rg <program> <mirror> <semble-dev>`: the mirror holds git directories as `<owner>+<name>/repo`, semble-dev the
 * questions (MinishLab/semble). Tokens are those of GPT-4's and GPT-4o's tokenizers, whichever counts more. Rules: docs/MCP.md.
 */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { countTokens as gpt4 } from "gpt-tokenizer/encoding/cl100k_base";
import { countTokens as gpt4o } from "gpt-tokenizer/encoding/o200k_base";
import { Home } from "../src/home/home.ts";
import type { Library } from "../src/lookup/library.ts";
import { runTool } from "../src/lookup/tools.ts";
import { localLibrary } from "../src/porcelain/search/local-library.ts";
import { queryTerms } from "../src/search/terms.ts";

const REPOSITORIES = ["sinatra", "phoenix", "dapper", "zls", "fmtlib"];
const PER_REPOSITORY = 4;
/** After so many calls an agent has given up. */
const MAX_CALLS = 10;

interface Place {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

interface Lookup {
  readonly repo: string;
  readonly query: string;
  readonly wanted: readonly Place[];
}

const { values, positionals } = parseArgs({ options: { rg: { type: "string" } }, allowPositionals: true });
const [mirror = "", sets = ""] = positionals.map((path) => resolve(path));
const rg = resolve(values.rg ?? "rg");
const main = join(import.meta.dir, "../src/main.ts");
const dir = await mkdtemp(join(tmpdir(), "repobase-mcp-"));

const tokensIn = (text: string): number => {
  const plain = { allowedSpecial: "all" } as const;
  return Math.max(gpt4(text, plain), gpt4o(text, plain));
};
const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

async function say(command: readonly string[], cwd = dir): Promise<string> {
  const run = Bun.spawn([...command], {
    cwd,
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, REPOBASE_HOME: join(dir, "home") },
  });
  const [stdout, stderr] = await Promise.all([run.stdout.text(), run.stderr.text()]);
  // ripgrep says 1 for nothing found
  if ((await run.exited) > (command[0] === rg ? 1 : 0)) throw new Error(`${command.join(" ")}: ${stderr}`);
  return stdout;
}

/** Every n-th question of a set, from the first: nobody chose them. */
async function prepare(): Promise<Lookup[]> {
  const known = (await Bun.file(join(sets, "repos.json")).json()) as {
    name: string;
    url: string;
    revision: string;
    benchmark_root: string | null;
  }[];
  const lookups: Lookup[] = [];
  for (const name of REPOSITORIES) {
    const found = known.find((each) => each.name === name);
    const { url = "", revision = "", benchmark_root: below = "" } = found ?? {};
    const owner = url
      .replace(/^.*github\.com\//, "")
      .replace(/\.git$/, "")
      .replace("/", "+");
    await say(["git", "clone", "--quiet", "--no-checkout", join(mirror, owner, "repo"), name]);
    await say(["git", "checkout", "--quiet", "-B", "main", revision], join(dir, name));
    await say([process.execPath, main, "add", join(dir, name)]);
    const all = (await Bun.file(join(sets, "annotations", `${name}.json`)).json()) as {
      query: string;
      relevant: (string | { path: string; start_line: number; end_line: number })[];
    }[];
    const step = Math.floor(all.length / PER_REPOSITORY);
    for (let i = 0; i < PER_REPOSITORY; i++) {
      const { query = "", relevant = [] } = all[i * step] ?? {};
      // some sets name paths from the folder that they are about
      const inRepository = (path: string) => (existsSync(join(dir, name, path)) ? path : `${below}/${path}`);
      const wanted = relevant.map((each) =>
        typeof each === "string"
          ? { path: inRepository(each), from: 1, to: Number.POSITIVE_INFINITY }
          : { path: inRepository(each.path), from: each.start_line, to: each.end_line },
      );
      lookups.push({ repo: name, query, wanted });
    }
  }
  return lookups;
}

const overlaps = (wanted: readonly Place[], shown: readonly Place[]): boolean =>
  shown.some(({ path, from, to }) => wanted.some((each) => each.path === path && each.from <= to && from <= each.to));

interface Cost {
  readonly found: boolean;
  readonly calls: number;
  readonly tokens: number;
}

/** search, then its next pages. A place that is named without its code is not seen yet. */
async function withTools(library: Library, { repo, query, wanted }: Lookup): Promise<Cost> {
  let [calls, tokens, cursor] = [0, 0, ""];
  while (calls < MAX_CALLS) {
    const args = { query, repo, ...(cursor !== "" && { cursor }) };
    const { text, sources } = await runTool(library, "search", args);
    calls++;
    tokens += tokensIn(text) + tokensIn(JSON.stringify(args));
    const shown = sources.filter(({ path, startLine }) => text.includes(`\n${startLine}\t`) && text.includes(path));
    if (
      overlaps(
        wanted,
        shown.map(({ path, startLine, endLine }) => ({ path, from: startLine, to: endLine })),
      )
    )
      return { found: true, calls, tokens };
    cursor = /cursor "([^"]+)"\.$/.exec(text)?.[1] ?? "";
    if (cursor === "") break;
  }
  return { found: false, calls, tokens };
}

/** Lines of a file that one call reads, as agents do by default or less. */
const READ_LINES = 100;
/** Longer lines are cut, as agents cut them. */
const READ_WIDTH = 2000;
const MATCH_LINES = 100;
const MATCH_WIDTH = 200;

/** Where answers seldom are: an agent looks there last. */
const ASIDE = /(^|\/)(tests?|spec|examples?|docs?|benchmarks?)(\/|$)|[._-](test|spec)\.|changelog|readme/i;

/**
 * ripgrep for the words of the query, then reading around the densest matches of the files that have the most of the rarest words, tests
 * and documentation last, the best first: an order that ripgrep itself does not give.
 */
async function withRipgrep({ repo, query, wanted }: Lookup): Promise<Cost> {
  const isName = !query.includes(" ");
  const words = isName
    ? [query]
    : [...new Set(query.toLowerCase().match(/[a-z_]\w{2,}/g) ?? [])].filter((word) => queryTerms(word).length > 0);
  const args = [
    "-n",
    "-i",
    "--no-heading",
    "--sort",
    "path",
    ...(isName ? ["-w"] : []),
    ...words.flatMap((word) => ["-e", word]),
  ];
  const output = (await say([rg, ...args, "."], join(dir, repo))).split("\n").filter((line) => line !== "");
  const shown = output.slice(0, MATCH_LINES).map((line) => line.slice(0, MATCH_WIDTH));
  let tokens = tokensIn(shown.join("\n")) + tokensIn(`rg ${args.join(" ")}`);
  const files = new Map<string, { lines: number[]; words: Set<string> }>();
  for (const line of output) {
    const [, path = "", number = "", text = ""] = /^\.\/(.+?):(\d+):(.*)$/.exec(line) ?? [];
    const file = files.get(path) ?? { lines: [], words: new Set() };
    files.set(path, file);
    file.lines.push(Number(number));
    for (const word of words) if (text.toLowerCase().includes(word.toLowerCase())) file.words.add(word);
  }
  const rarity = new Map(
    words.map((word) => [
      word,
      Math.log(files.size / [...files.values()].filter((file) => file.words.has(word)).length),
    ]),
  );
  const worth = ([path, file]: [string, { words: Set<string> }]) =>
    sum([...file.words].map((word) => rarity.get(word) ?? 0)) * (ASIDE.test(path) ? 0.5 : 1);
  const ranked = [...files].toSorted((a, b) => worth(b) - worth(a) || b[1].lines.length - a[1].lines.length);
  let calls = 1;
  for (const [path, { lines }] of ranked) {
    if (calls === MAX_CALLS) break;
    const from = densest(lines);
    const text = (await Bun.file(join(dir, repo, path)).text())
      .split("\n")
      .slice(from - 1, from - 1 + READ_LINES)
      .map((line) => line.slice(0, READ_WIDTH));
    calls++;
    tokens +=
      tokensIn(text.map((line, at) => `${from + at}\t${line}`).join("\n")) + tokensIn(JSON.stringify({ path, from }));
    if (overlaps(wanted, [{ path, from, to: from + text.length - 1 }])) return { found: true, calls, tokens };
  }
  return { found: false, calls, tokens };
}

/** First line of the window with the most matches, some lines above the first of them. */
function densest(lines: readonly number[]): number {
  const count = (start: number) => lines.filter((line) => line >= start && line < start + READ_LINES - 10).length;
  const best = lines.reduce((a, b) => (count(b) > count(a) ? b : a), lines[0] ?? 1);
  return Math.max(1, best - 10);
}

/** As an agent's would be: most are searches and reads, most with the default budget. */
function callsOf(lookups: readonly Lookup[]): { tool: string; args: Record<string, unknown> }[] {
  const budgets = [undefined, undefined, undefined, 500, 4000];
  const budget = (at: number) => ({ ...(budgets[at % 5] !== undefined && { budget: budgets[at % 5] }) });
  const files = lookups.map(({ repo, wanted }) => ({ repo, path: wanted[0]?.path ?? "" }));
  return [
    ...lookups.map(({ repo, query }, at) => ({ tool: "search", args: { query, repo, ...budget(at) } })),
    ...lookups.slice(0, 5).map(({ query }) => ({ tool: "search", args: { query } })),
    ...files.slice(0, 10).map((file, at) => ({ tool: "read", args: { ...file, ...budget(at) } })),
    ...files.slice(10, 15).map((file) => ({ tool: "read", args: { ...file, from: 20, to: 70 } })),
    ...REPOSITORIES.map((repo) => ({ tool: "list", args: { repo } })),
    { tool: "list", args: {} },
    { tool: "list", args: { repo: "fmtlib", path: "**", budget: 20_000 } },
    { tool: "status", args: {} },
    { tool: "status", args: { repo: "zls" } },
    { tool: "read", args: { repo: "zls", path: "nowhere.zig" } },
  ];
}

try {
  const lookups = await prepare();
  const library = localLibrary(Home.open({ REPOBASE_HOME: join(dir, "home") }), { cwd: dir });
  const measured = [];
  for (const { tool, args } of callsOf(lookups)) {
    const { text } = await runTool(library, tool, args);
    measured.push({ tool, tokens: tokensIn(text), budget: Number(args["budget"] ?? 2000) });
  }
  const tokens = measured.map((call) => call.tokens);
  console.log(
    `${measured.length} calls: median ${median(tokens)} tokens, most ${Math.max(...tokens)}, over budget ${measured.filter((call) => call.tokens > call.budget).length}`,
  );
  for (const [tool, calls] of Map.groupBy(measured, (call) => call.tool))
    console.log(
      `  ${tool}: ${calls.length} calls, median ${median(calls.map((call) => call.tokens))}, fullest ${Math.round(100 * Math.max(...calls.map((call) => call.tokens / call.budget)))} % of its budget`,
    );
  console.log("| lookup | tools: calls | tokens | rg: calls | tokens |\n|---|---|---|---|---|");
  const [tools, plain]: [Cost[], Cost[]] = [[], []];
  const cell = ({ found, calls, tokens: spent }: Cost) => `${calls}${found ? "" : " (not found)"} | ${spent}`;
  for (const lookup of lookups) {
    const [a, b] = [await withTools(library, lookup), await withRipgrep(lookup)];
    tools.push(a);
    plain.push(b);
    console.log(`| ${lookup.repo}: ${lookup.query} | ${cell(a)} | ${cell(b)} |`);
  }
  const total = (costs: readonly Cost[]) =>
    `${costs.filter(({ found }) => found).length} of ${costs.length} found, ${sum(costs.map(({ calls }) => calls))} calls, ${sum(costs.map((cost) => cost.tokens))} tokens`;
  console.log(`tools: ${total(tools)}\nrg and reading: ${total(plain)}`);
} finally {
  await rm(dir, { recursive: true, force: true });
}
