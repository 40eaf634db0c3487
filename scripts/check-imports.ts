/**
 * Keeps the arrows of the house true: which room may import which, which rooms stay free of Bun, Node and native
 * code, which room alone touches a heavy package, that no files import each other in a circle, types included, and that
 * no two files export one name, and that the process's environment is read in one place. Run by `bun run check`; prints each wrong arrow and exits 1. `--write` brings ARCHITECTURE.md's table up to date.
 */
import { Glob } from "bun";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { ENVIRONMENT_READERS, OWNERS, PUBLIC_NAMES, PURE, PURE_PACKAGES, ROOMS } from "./rooms.ts";

const IMPORT = /(?:^|[\s;])(?:import|export)\s[^;]*?from\s+"([^"]+)"|import\(\s*"([^"]+)"|^import\s+"([^"]+)"/gm;
const EXPORT = /^export (?:abstract )?(?:async )?(?:function\*?|class|const|let|interface|type|enum) (\w+)/gm;
const ENVIRONMENT = /\b(?:process|Bun|import\.meta)(?:\.env\b|\["env"\])|\benv\b[^;]*\bfrom "(?:node:)?process"/;
const COMMENT_LINE = /^\s*(?:\*|\/\*|\/\/)/;
/** Files beside `src/` that any room may embed. */
const ROOT_FILES = new Set(["package.json", "THIRD_PARTY_NOTICES"]);
const root = join(import.meta.dir, "..");
const problems: string[] = [];
/** file -> files it imports, types included */
const graph = new Map<string, string[]>();
/** exported name -> the file that declares it */
const declaredIn = new Map<string, string>();

for (const pattern of ["src/**/*.{ts,tsx}", "worker/**/*.ts"]) {
  for await (const file of new Glob(pattern).scan(root)) {
    if (file.endsWith(".d.ts")) continue;
    const targets: string[] = [];
    const text = await Bun.file(join(root, file)).text();
    for (const [, name = ""] of PUBLIC_NAMES.has(file) ? [] : text.matchAll(EXPORT)) {
      const other = declaredIn.get(name);
      if (other !== undefined) problems.push(`${file}: exports "${name}", and so does ${other}: one name, one meaning`);
      declaredIn.set(name, file);
    }
    const readsEnvironment = text.split("\n").some((line) => ENVIRONMENT.test(line) && !COMMENT_LINE.test(line));
    if (readsEnvironment && !ENVIRONMENT_READERS.has(file))
      problems.push(`${file}: reads the process's environment: take it as an argument (docs/CONFIGURATION.md)`);
    for (const match of text.matchAll(IMPORT)) {
      const target = match[1] ?? match[2] ?? match[3] ?? "";
      const wrong = checkImport(file, target);
      if (wrong !== undefined) problems.push(`${file}: imports "${target}": ${wrong}`);
      if (target.startsWith(".")) targets.push(normalize(join(dirname(file), target)));
    }
    graph.set(file, targets);
  }
}
for (const circle of circles()) problems.push(`a circle of imports: ${circle.join(" -> ")}`);
await checkTable();
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? "imports: every arrow points the right way" : `imports: ${problems.length} wrong`);
process.exit(problems.length === 0 ? 0 : 1);

function checkImport(file: string, target: string): string | undefined {
  const pure = PURE.some((p) => p.test(file));
  if (!target.startsWith(".")) {
    for (const [name, owner] of OWNERS) if (name.test(target) && !owner.test(file)) return "only its own room may";
    return pure && !PURE_PACKAGES.test(target) ? "a pure file may not import Bun, Node or other packages" : undefined;
  }
  const path = normalize(join(dirname(file), target));
  if (ROOT_FILES.has(path)) return undefined;
  if (pure && /\.tsx?$/.test(path) && !PURE.some((p) => p.test(path))) return "a pure file may only import pure files";
  const from = roomOf(file);
  const to = roomOf(path);
  if (from === undefined) return `"${file}" is in no room of the plan (scripts/rooms.ts)`;
  if (from === to) return undefined;
  const allowed = ROOMS.find(({ name }) => name === from)?.imports ?? [];
  const bare = path.replace(/^src\//, "").replace(/\.tsx?$/, "");
  return (to !== undefined && allowed.includes(to)) || allowed.includes(bare)
    ? undefined
    : `${from} may not import ${to ?? bare}`;
}

/** The room with the longest name that holds the file. */
function roomOf(path: string): string | undefined {
  const bare = path.replace(/^src\//, "").replace(/\.tsx?$/, "");
  const holding = ROOMS.filter(({ name }) => bare === name || bare.startsWith(`${name}/`));
  return holding.toSorted((a, b) => b.name.length - a.name.length)[0]?.name;
}

/** Every circle is found once, at the file where the walk comes back to itself. */
function circles(): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at !== -1) {
      found.push([...path.slice(at), file]);
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const next of graph.get(file) ?? []) visit(next);
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return found;
}

async function checkTable(): Promise<void> {
  const path = join(root, "ARCHITECTURE.md");
  const text = await Bun.file(path).text();
  const rows = ROOMS.map(
    ({ name, purpose, imports }) =>
      `| \`${folderOf(name)}\` | ${purpose} | ${imports.length === 0 ? "(nothing)" : imports.join(", ")} |`,
  );
  const table = ["| room | what it is for | may import |", "|---|---|---|", ...rows].join("\n");
  const [before, after] = [text.indexOf("<!-- rooms -->"), text.indexOf("<!-- /rooms -->")];
  const wanted = `${text.slice(0, before)}<!-- rooms -->\n\n${table}\n\n${text.slice(after)}`;
  if (text === wanted) return;
  if (process.argv.includes("--write")) await Bun.write(path, wanted);
  else
    problems.push(
      "ARCHITECTURE.md: the table of rooms differs from scripts/rooms.ts: run `bun scripts/check-imports.ts --write`",
    );
}

function folderOf(name: string): string {
  if (name === "worker") return "worker/";
  return existsSync(join(root, `src/${name}.ts`)) ? `src/${name}.ts` : `src/${name}/`;
}
