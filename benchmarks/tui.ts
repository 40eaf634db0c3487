/**
 * The full screen as a person meets it: `bun benchmarks/tui.ts [--binary dist/repobase] <home with an index>`. On a terminal of its own: ms from
 * the start to the first frame, and from each key of a question to its results; then the memory. Only on a quiet machine.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { binary: { type: "string", default: join(import.meta.dir, "../dist/repobase") } },
});
const [home] = positionals;
if (home === undefined) throw new Error("usage: bun benchmarks/tui.ts [--binary dist/repobase] <home with an index>");

/** Between two keys: a quick typist's. */
const PAUSE_MS = 150;
const PATIENCE_MS = 10_000;
let text = "";
const env = { PATH: process.env.PATH ?? "", TERM: "xterm-256color", LANG: "C.UTF-8", REPOBASE_HOME: home, HOME: home };
const began = performance.now();
const child = Bun.spawn([values.binary, "ui"], {
  env,
  terminal: { cols: 120, rows: 30, data: (_, bytes) => void (text += new TextDecoder().decode(bytes)) },
});

async function until(wanted: RegExp, from: number): Promise<number> {
  // oxlint-disable-next-line no-control-regex -- what moves the cursor is no text
  while (!wanted.test(text.replace(/\u001b\[[^a-zA-Z]*[a-zA-Z]/g, ""))) {
    if (performance.now() - from > PATIENCE_MS) throw new Error(`no ${wanted} on the screen`);
    await Bun.sleep(1);
  }
  return performance.now() - from;
}

console.log(`first frame: ${Math.round(await until(/Repositories/, began))} ms`);
await Bun.sleep(3000); // the index is opened meanwhile, as while a person reads
const waits: number[] = [];
for (const key of "where do we refresh tokens") {
  text = "";
  const pressed = performance.now();
  child.terminal?.write(key);
  if (key !== " ") waits.push(await until(/\d+ ms|Results 1/, pressed));
  await Bun.sleep(PAUSE_MS);
}
const sorted = waits.toSorted((a, b) => a - b);
const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN);
console.log(`key to result: median ${at(0.5)} ms, 95 % ${at(0.95)} ms`);
const status = await Bun.file(`/proc/${child.pid}/status`).text();
console.log(status.match(/VmRSS.*|VmHWM.*/g)?.join(", "));
child.terminal?.write("\u0003");
await child.exited;
