/**
 * The full screen as a person meets it, on a terminal of its own: ms from the start to the first frame, and from each key of some
 * questions to their results on the screen; then the memory, idle and after those searches. Only on a quiet machine.
 *
 * `bun benchmarks/tui.ts [--binary dist/repobase] [--chunks 100000] <git repository>...` joins the repositories to one of so many chunks
 * and indexes it first; `--home <folder>` takes an index that is there, or keeps the one that is made.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { joinTrees } from "./join-trees.ts";
import { ScreenGrid } from "./screen-grid.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    binary: { type: "string", default: join(import.meta.dir, "../dist/repobase") },
    chunks: { type: "string", default: "100000" },
    home: { type: "string" },
  },
});
const USAGE = "usage: bun benchmarks/tui.ts [--binary PATH] [--home FOLDER] [--chunks 100000] <git repository>...";
const binary = resolve(values.binary);
const scratch = mkdtempSync(join(tmpdir(), "repobase-tui-"));

/** Between two keys: a quick typist's. */
const PAUSE_MS = 150;
const PATIENCE_MS = 10_000;
const STARTS = 10;
const SIZE = { columns: 120, rows: 30 };
const QUESTIONS = [
  "where do we refresh tokens",
  "parse json number",
  "http middleware",
  "escape html",
  "retry with backoff",
  "readFile",
  "validate email address",
  "open database connection",
  "render template partial",
  "unsubscribe listener",
];

async function typeAll(screen: Screen): Promise<number[]> {
  const waits: number[] = [];
  for (const question of QUESTIONS) {
    for (let n = 1; n <= question.length; n++) {
      const typed = question.slice(0, n);
      screen.type(typed.at(-1) ?? "");
      // the field shows the question, the last line that it is answered
      const isAnswered = (lines: readonly string[]) =>
        lines.some((line) => line.includes(`│ ${typed.trimEnd()} `)) && /\d ms /.test(lines.at(-1) ?? "");
      waits.push(await screen.until(isAnswered));
      await Bun.sleep(PAUSE_MS);
    }
    screen.type("\u0015");
    await screen.until((lines) => !lines.some((line) => line.includes(question)));
  }
  return waits;
}

async function makeIndex(home: string): Promise<void> {
  if (positionals.length === 0) throw new Error(USAGE);
  const joined = join(scratch, "joined");
  await joinTrees({ into: joined, paths: positionals, chunks: Number(values.chunks), binary });
  const env = { PATH: process.env.PATH ?? "", HOME: scratch, REPOBASE_HOME: home };
  const { exitCode, stdout, stderr } = Bun.spawnSync([binary, "add", joined], { env });
  if (exitCode !== 0) throw new Error(stderr.toString());
  console.log(stdout.toString().split("\n")[0]);
}

function figures(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN);
  return `median ${at(0.5)} ms, 95 % ${at(0.95)} ms, most ${at(1)} ms`;
}

class Screen implements AsyncDisposable {
  readonly #grid = new ScreenGrid(SIZE.columns, SIZE.rows);
  readonly #child;
  #since = performance.now();
  #changed = Promise.withResolvers<void>();

  constructor(home: string) {
    const { columns: cols, rows } = SIZE;
    const env = {
      PATH: process.env.PATH ?? "",
      TERM: "xterm-256color",
      LANG: "C.UTF-8",
      REPOBASE_HOME: home,
      HOME: home,
    };
    const data = (_: unknown, bytes: Uint8Array) => {
      this.#grid.write(bytes);
      this.#changed.resolve();
    };
    this.#child = Bun.spawn([binary, "ui"], { env, terminal: { cols, rows, data } });
  }

  type(text: string): void {
    this.#since = performance.now();
    this.#child.terminal?.write(text);
  }

  /** @returns ms since the last key, or the start, until the screen was so */
  async until(wanted: (lines: readonly string[]) => boolean): Promise<number> {
    while (!wanted(this.#grid.lines)) {
      if (performance.now() - this.#since > PATIENCE_MS)
        throw new Error(`it did not come to that:\n${this.#grid.lines.join("\n")}`);
      this.#changed = Promise.withResolvers<void>();
      await Promise.race([this.#changed.promise, Bun.sleep(PATIENCE_MS / 10)]);
    }
    return performance.now() - this.#since;
  }

  /** Resident now, and at most. */
  async memory(): Promise<string> {
    const status = await Bun.file(`/proc/${this.#child.pid}/status`).text();
    const megabytes = (name: string) => Math.round(Number(new RegExp(`${name}:\\s*(\\d+)`).exec(status)?.[1]) / 1024);
    return `${megabytes("VmRSS")} MB resident, ${megabytes("VmHWM")} MB at most`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.terminal?.write("\u0003");
    await this.#child.exited;
  }
}

try {
  const home = resolve(values.home ?? join(scratch, "home"));
  if (!existsSync(join(home, "config.json"))) await makeIndex(home);
  const starts: number[] = [];
  for (let n = 0; n < STARTS; n++) {
    await using screen = new Screen(home);
    starts.push(await screen.until((lines) => lines.some((line) => line.includes("Repositories"))));
  }
  console.log(`first frame, ${STARTS} starts: ${figures(starts)}`);
  await using screen = new Screen(home);
  await screen.until((lines) => lines.some((line) => line.includes("Repositories")));
  await Bun.sleep(3000); // the index is opened meanwhile, as while a person reads
  console.log(`idle: ${await screen.memory()}`);
  const waits = await typeAll(screen);
  console.log(`key to result, ${waits.length} keys: ${figures(waits)}`);
  console.log(`after ${waits.length} searches: ${await screen.memory()}`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
