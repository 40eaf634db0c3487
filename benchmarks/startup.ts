/**
 * What starting costs: `bun benchmarks/startup.ts [--rounds 31] [--binary dist/repobase]`. Whole processes of the compiled binary against
 * an empty program that the same Bun compiled in the same way, taking turns. Prints medians of wall and processor time, and each as a
 * multiple of the empty program's of its own round: the processor's holds on a busy machine, too.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "31" },
    binary: { type: "string", default: join(import.meta.dir, "..", "dist", "repobase") },
  },
});
const rounds = Number(values.rounds);
const binary = resolve(values.binary);
if (!existsSync(binary)) throw new Error("build first: bun run build");

const dir = mkdtempSync(join(tmpdir(), "repobase-startup-"));
const env = { PATH: process.env.PATH ?? "", HOME: dir, REPOBASE_HOME: join(dir, "home") };
const LINES = ["--version", "hash-file source.ts", "__complete repos", "__complete languages", "list", "help"];
try {
  await Bun.write(join(dir, "source.ts"), "");
  const outfile = join(dir, "empty");
  const built = await Bun.build({
    entrypoints: [join(dir, "source.ts")],
    compile: { outfile },
    format: "esm",
    splitting: true,
    bytecode: true,
    minify: { syntax: true, whitespace: true },
  });
  if (!built.success) throw new Error("the empty program was not built");
  const commands = [[outfile], ...LINES.map((line) => [binary, ...line.split(" ")])];
  const spent = commands.map(() => [] as { wall: number; cpu: number }[]);
  for (let round = -1; round < rounds; round++)
    for (const [i, command] of commands.entries()) {
      const started = performance.now();
      const { exitCode, resourceUsage } = Bun.spawnSync(command, { cwd: dir, env, stdin: "ignore" });
      const wall = performance.now() - started;
      if (exitCode !== 0) throw new Error(`${command.join(" ")}: exit ${exitCode}`);
      // the first round warms the page cache
      if (round >= 0) spent[i]?.push({ wall, cpu: Number(resourceUsage.cpuTime.total) / 1000 });
    }
  console.log(
    `${rounds} rounds\n\n| whole process | wall, ms | times empty | processor, ms | times empty |\n|---|---|---|---|---|`,
  );
  for (const [i, runs] of spent.entries()) {
    const cells = (["wall", "cpu"] as const).flatMap((kind) => [
      median(runs.map((run) => run[kind])).toFixed(1),
      median(runs.map((run, round) => run[kind] / (spent[0]?.[round]?.[kind] ?? Number.NaN))).toFixed(2),
    ]);
    console.log(`| ${i === 0 ? "an empty program" : `\`repobase ${LINES[i - 1]}\``} | ${cells.join(" | ")} |`);
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
