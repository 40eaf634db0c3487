/**
 * Keeps the arrows of the house true: which room may import which, which rooms stay free of Bun, Node and native
 * code, and which room alone touches a heavy package. Run by `bun run check`; prints each wrong arrow and exits 1.
 */
import { Glob } from "bun";
import { dirname, join, normalize } from "node:path";

/** room -> rooms it may import (a room may always import itself). Entries with a slash name one file. */
const ARROWS: Record<string, readonly string[]> = {
  main: ["commands", "protocol", "version"],
  commands: ["porcelain", "plumbing", "home", "report", "protocol", "version"],
  porcelain: ["plumbing", "ingest", "git", "home", "search", "embed", "lance", "store", "bytes", "protocol", "worker", "version"],
  plumbing: ["store", "bytes", "lance", "protocol"],
  ingest: ["git", "search", "embed", "lance", "bytes", "store", "protocol"],
  git: ["protocol"],
  home: ["store", "protocol"],
  report: ["protocol"],
  store: ["bytes", "protocol"],
  search: ["lance", "bytes", "store/object-store", "protocol"],
  lance: ["bytes", "protocol"],
  bytes: ["store/object-store", "protocol"],
  embed: ["protocol"],
  protocol: ["bytes/roaring"],
  worker: ["protocol", "store/object-store", "bytes", "lance", "search", "embed"],
  version: [],
};

/** Rooms, and single files, that the Worker imports: nothing of Bun, Node or native code. */
const PURE = [
  /^src\/(protocol|lance|search)\//,
  /^src\/bytes\/(?!file-)/,
  /^src\/store\/(object-store|memory-store|store-key)\.ts$/,
  /^src\/embed\/(?!onnx\/|load-static)/,
  /^worker\/(?!assets\/)/,
];
/** Packages a pure file may use. */
const PURE_PACKAGES = /^(hono(\/.*)?|fzstd|cloudflare:.*)$/;

/** package -> the only place that may import it. */
const OWNERS: readonly (readonly [RegExp, RegExp])[] = [
  [/^(@lancedb\/lancedb|apache-arrow)$/, /^src\/ingest\//],
  [/^onnxruntime-node/, /^src\/embed\/onnx\//],
  [/^isomorphic-git/, /^src\/git\//],
  [/tree-sitter/, /^src\/ingest\//],
  [/^clipanion$/, /^src\/(main\.ts|commands\/)/],
  [/^@clack\/prompts$/, /^src\/commands\//],
];

const root = join(import.meta.dir, "..");
const problems: string[] = [];
for (const pattern of ["src/**/*.ts", "worker/**/*.ts"]) {
  for await (const file of new Glob(pattern).scan(root)) {
    if (file.endsWith(".d.ts")) continue;
    const text = await Bun.file(join(root, file)).text();
    for (const match of text.matchAll(/(?:^|[\s;])(?:import|export)\s[^;]*?from\s+"([^"]+)"|import\(\s*"([^"]+)"|^import\s+"([^"]+)"/gm)) {
      const target = match[1] ?? match[2] ?? match[3] ?? "";
      const wrong = checkImport(file, target);
      if (wrong) problems.push(`${file}: imports "${target}": ${wrong}`);
    }
  }
}
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
  if (path === "package.json") return undefined;
  const from = room(file);
  const to = room(path);
  if (from === to) {
    const targetPure = PURE.some((p) => p.test(path));
    return pure && !targetPure && path.endsWith(".ts") ? "a pure file may only import pure files" : undefined;
  }
  const allowed = ARROWS[from];
  if (!allowed) return `room "${from}" is not in the house plan`;
  const bare = path.replace(/^src\//, "").replace(/\.ts$/, "");
  if (!allowed.includes(to) && !allowed.includes(bare)) return `${from} may not import ${to}`;
  if (pure && path.endsWith(".ts") && !PURE.some((p) => p.test(path))) return "a pure file may only import pure files";
  return undefined;
}

function room(path: string): string {
  const parts = path.split("/");
  if (parts[0] === "worker") return "worker";
  return (parts[1] ?? "").replace(/\.ts$/, "");
}
