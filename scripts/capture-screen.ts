/**
 * Pictures of the full screen, as text: `bun scripts/capture-screen.ts [--home <folder>] [--out <folder>] <question>` shows the compiled
 * binary's answer in tmux at 50, 80, 120 and 300 columns. With `--out` each goes to a file, `screen-80.txt`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    binary: { type: "string", default: join(import.meta.dir, "../dist/repobase") },
    home: { type: "string" },
    out: { type: "string" },
  },
});
const question = positionals.join(" ");
const COLUMNS = [50, 80, 120, 300];
const ROWS = 24;
/** An answer and its file are there by then. */
const PATIENCE_MS = 15_000;
const LOOK_MS = 1000;

if (Bun.which("tmux") === null) {
  console.log("no tmux on this machine: nothing to see");
  process.exit(0);
}
const scratch = mkdtempSync(join(tmpdir(), "repobase-capture-"));
const socket = join(scratch, "tmux");
try {
  for (const columns of COLUMNS) {
    const picture = await capture(columns);
    if (values.out === undefined) console.log(picture);
    else await Bun.write(join(values.out, `screen-${columns}.txt`), picture);
  }
} finally {
  tmux("kill-server");
  rmSync(scratch, { recursive: true, force: true });
}

async function capture(columns: number): Promise<string> {
  const size = ["-x", String(columns), "-y", String(ROWS)];
  const home = values.home === undefined ? [] : ["-e", `REPOBASE_HOME=${values.home}`];
  tmux("-f", "/dev/null", "new-session", "-d", "-s", "screen", ...size, ...home, values.binary, "ui");
  await settled(/repositor/);
  tmux("send-keys", "-t", "screen", "-l", question);
  const picture = await settled(/\d ms /);
  tmux("kill-session", "-t", "screen");
  return picture;
}

/** What the screen shows when it has what is wanted, and nothing has changed since. */
async function settled(wanted: RegExp): Promise<string> {
  let picture = "";
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
    await Bun.sleep(LOOK_MS);
    const before = picture;
    picture = tmux("capture-pane", "-p", "-t", "screen");
    if (wanted.test(picture) && picture === before) break;
  }
  return picture;
}

function tmux(...words: string[]): string {
  return Bun.spawnSync(["tmux", "-u", "-S", socket, ...words]).stdout.toString();
}
