/**
 * `repobase watch` as a working day meets it: `bun benchmarks/watch.ts [--binary dist/repobase] [--saves 40] [--files 10000] <git repository>`.
 * The repository is cloned, indexed and watched; then: nothing for half a minute, single saves, 1,000 edits in bursts, the ways editors
 * save, branches, a checkout of many files, a lost permission, a deleted folder. After each step a full run over everything must find
 * the index right. Says time from the last change to the index, processor time and memory. Linux.
 */
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    binary: { type: "string", default: join(import.meta.dir, "../dist/repobase") },
    saves: { type: "string", default: "40" },
    files: { type: "string", default: "10000" },
    idle: { type: "string", default: "30" },
  },
});
const [source] = positionals;
if (source === undefined) throw new Error("usage: bun benchmarks/watch.ts [--binary dist/repobase] <git repository>");

/** Clock ticks a second, of /proc. */
const TICKS = 100;
const PATIENCE_MS = 180_000;
const dir = mkdtempSync(join(tmpdir(), "repobase-watch-bench-"));
const folder = join(dir, "work");
const env = { PATH: process.env.PATH ?? "", HOME: dir, REPOBASE_HOME: join(dir, "home") };
const identity = ["-c", "user.name=b", "-c", "user.email=b@b", "-c", "advice.detachedHead=false"];

async function run(command: readonly string[], cwd = folder): Promise<string> {
  const child = Bun.spawn([...command], { cwd, env, stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")}: ${err}`);
  return out;
}
const git = (...words: string[]) => run(["git", ...identity, ...words]);
const repobase = (...words: string[]) => run([values.binary, ...words]);

interface Run {
  readonly reason: string;
  readonly changed: boolean;
  readonly files: number;
  readonly branch: string | null;
}

class Watch {
  readonly runs: Run[] = [];
  errors = "";
  private lastAt = 0;
  private readonly child = Bun.spawn([values.binary, "watch", "--json"], {
    cwd: folder,
    env,
    stdout: "pipe",
    stderr: "pipe",
  });

  constructor() {
    void this.read();
    void this.readErrors();
  }

  /** ms from now to the end of the last run that changed something, once `fits` holds. */
  async until(fits: (runs: readonly Run[]) => boolean, from: number): Promise<number> {
    while (!fits(this.runs)) {
      if (performance.now() - from > PATIENCE_MS) throw new Error(`no such run in ${PATIENCE_MS} ms: ${this.errors}`);
      await Bun.sleep(2);
    }
    return Math.round(this.lastAt - from);
  }

  /** Seconds of processor time so far, and MB held now. */
  used(): { readonly cpu: number; readonly rss: number } {
    const stat = readFileSync(`/proc/${this.child.pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const status = readFileSync(`/proc/${this.child.pid}/status`, "utf8");
    const rss = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    return { cpu: (Number(fields[11]) + Number(fields[12])) / TICKS, rss: Math.round(rss) };
  }

  async stop(): Promise<number> {
    this.child.kill("SIGTERM");
    return this.child.exited;
  }

  private async read(): Promise<void> {
    let rest = "";
    for await (const part of this.child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        this.runs.push(JSON.parse(line) as Run);
        this.lastAt = performance.now();
      }
    }
  }

  private async readErrors(): Promise<void> {
    for await (const part of this.child.stderr.pipeThrough(new TextDecoderStream())) this.errors += part;
  }
}

/** A run over everything finds nothing to do: what the watch made is what a first run would make. */
async function check(what: string): Promise<void> {
  // git moves HEAD before its index: the run in between is followed by another
  for (let runs = -1; runs !== watch.runs.length; await Bun.sleep(1000)) runs = watch.runs.length;
  for (;;) {
    try {
      const { changed, newFiles } = JSON.parse(await repobase("index", "--json")) as {
        changed: boolean;
        newFiles: number;
      };
      if (!changed && newFiles === 0) break;
      throw new Error(`${what}: the index was not right (${newFiles} files were missing)`);
    } catch (error) {
      // the watch is at it
      if (!String(error).includes("is being indexed") && !String(error).includes("busy")) throw error;
      await Bun.sleep(50);
    }
  }
}

const at = (sorted: readonly number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)];
const spread = (numbers: readonly number[]) => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return `median ${at(sorted, 0.5)} ms, 95 % ${at(sorted, 0.95)} ms, most ${sorted.at(-1)} ms`;
};
const isChanged = ({ changed }: Run) => changed;

/** Does it, waits for the run that takes it up, and checks. @returns ms */
async function step(what: string, work: () => unknown, fits: (run: Run) => boolean = isChanged): Promise<number> {
  const before = watch.runs.length;
  await work();
  const from = performance.now();
  const ms = await watch.until((runs) => runs.slice(before).some(fits), from);
  await check(what);
  return ms;
}

await run(["git", "clone", "--quiet", source, folder], dir);
await repobase("add", folder);
const files = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((path) => /\.(ts|js|rs|go|py|kt|java|rb)$/.test(path) && !path.startsWith(".git/"))
  .slice(0, 40)
  .map((path) => join(folder, path));
const [one = "", two = ""] = files;
const watch = new Watch();
await watch.until((runs) => runs.length > 0, performance.now());

const quiet = watch.used().cpu;
await Bun.sleep(Number(values.idle) * 1000);
console.log(`nothing happens for ${values.idle} s: ${(watch.used().cpu - quiet).toFixed(2)} s of processor time`);

const waits: number[] = [];
for (let i = 0; i < Number(values.saves); i++) {
  const before = watch.runs.length;
  appendFileSync(files[i % files.length] ?? one, `\n// save ${i}\n`);
  waits.push(await watch.until((runs) => runs.slice(before).some(isChanged), performance.now()));
  await Bun.sleep(300 + ((i * 137) % 900));
}
await check("single saves");
console.log(`from a save to its index: ${spread(waits)}`);

const { cpu } = watch.used();
const began = performance.now();
const pauses: number[] = [];
for (let burst = 0; burst < 10; burst++) {
  const before = watch.runs.length;
  for (let i = 0; i < 100; i++) {
    appendFileSync(files[(burst * 7 + i) % files.length] ?? one, `\n// burst ${burst} edit ${i}\n`);
    if (i % 10 === 9) await Bun.sleep(10);
  }
  pauses.push(await watch.until((runs) => runs.slice(before).some(isChanged), performance.now()));
  await Bun.sleep(400);
  await check(`burst ${burst}`);
}
const after = watch.used();
const seconds = (performance.now() - began) / 1000;
console.log(
  `1,000 edits in 10 bursts: ${spread(pauses)}; ${(after.cpu - cpu).toFixed(1)} s of processor time in ${seconds.toFixed(0)} s, ${after.rss} MB`,
);

const text = () => `export const saved = ${performance.now()};\n`;
const patterns: Record<string, () => unknown> = {
  "truncate and write": () => {
    truncateSync(one);
    writeFileSync(one, text());
  },
  "write beside it and rename": () => {
    writeFileSync(`${one}.tmp1`, text());
    renameSync(`${one}.tmp1`, one);
  },
  "vim: 4913, swap file, backup, write, remove": () => {
    writeFileSync(join(folder, ".a.swp"), "swap");
    writeFileSync(join(folder, "4913"), "");
    rmSync(join(folder, "4913"));
    renameSync(one, `${one}~`);
    writeFileSync(one, text());
    rmSync(`${one}~`);
    rmSync(join(folder, ".a.swp"));
  },
  "emacs: lock link, auto-save, backup": () => {
    symlinkSync("me@host.1:1", join(folder, ".#a.ts"));
    writeFileSync(join(folder, "#a.ts#"), "draft");
    renameSync(one, `${one}~`);
    writeFileSync(one, text());
    rmSync(join(folder, "#a.ts#"));
    rmSync(join(folder, ".#a.ts"));
    rmSync(`${one}~`);
  },
  ...(Bun.which("vim") && {
    "vim itself": () =>
      run(["vim", "-Nu", "NONE", "-es", "-c", "normal Go// vim", "-c", "set backup", "-c", "wq", one]),
  }),
  ...(Bun.which("emacs") && {
    "emacs itself": () =>
      run([
        "emacs",
        "--batch",
        "-Q",
        one,
        "--eval",
        '(progn (goto-char (point-max)) (insert "// emacs\n") (save-buffer))',
      ]),
  }),
  "a folder is renamed": () => {
    mkdirSync(join(folder, "fresh/deep"), { recursive: true });
    writeFileSync(join(folder, "fresh/deep/x.ts"), text());
    renameSync(join(folder, "fresh"), join(folder, "moved"));
  },
  "a folder is deleted": () => rmSync(join(folder, "moved"), { recursive: true }),
};
for (const [name, work] of Object.entries(patterns)) console.log(`${name}: ${await step(name, work)} ms`);

await git("checkout", "--quiet", "--force", ".");
const main = (await git("branch", "--show-current")).trim();
const branches: Record<string, () => unknown> = {
  "another branch with a commit": async () => {
    await git("checkout", "--quiet", "-b", "other");
    appendFileSync(one, "\nexport const onOther = 1;\n");
    await git("commit", "--quiet", "-am", "other");
  },
  "and back": () => git("checkout", "--quiet", main),
  "a commit here": async () => {
    appendFileSync(two, "\nexport const onMain = 1;\n");
    await git("commit", "--quiet", "-am", "main");
  },
  "rebase of the other": () => git("rebase", "--quiet", main, "other"),
};
for (const [name, work] of Object.entries(branches)) {
  await work();
  const from = performance.now();
  const [head, branch] = [(await git("rev-parse", "HEAD")).trim(), (await git("branch", "--show-current")).trim()];
  const isThere = (each: Run & { commit?: string }) => each.commit === head && each.branch === branch;
  console.log(`${name}: ${await watch.until((runs) => runs.some((each) => isThere(each)), from)} ms`);
  await check(name);
}

const many = Number(values.files);
await git("checkout", "--quiet", "-b", "many");
await watch.until((runs) => runs.some(({ branch }) => branch === "many"), performance.now());
const made = await step(`${many} new files`, () => {
  for (let i = 0; i < many; i++) {
    if (i % 100 === 0) mkdirSync(join(folder, `gen/${i / 100}`), { recursive: true });
    writeFileSync(join(folder, `gen/${Math.floor(i / 100)}/f${i}.ts`), `export const value${i} = ${i};\n`);
  }
});
await git("add", "gen");
await git("commit", "--quiet", "-m", "many");
await step(
  "committed",
  () => git("checkout", "--quiet", main),
  ({ branch }) => branch === main,
);
const back = await step(
  `checkout of ${many} files`,
  () => git("checkout", "--quiet", "many"),
  ({ branch }) => branch === "many",
);
console.log(`${many} files made: ${made} ms; checked out again: ${back} ms; ${watch.used().rss} MB`);

if (process.getuid?.() === 0) console.log("a lost permission: not tried, root may read everything");
else {
  const lost = await step("a lost permission", () => {
    chmodSync(two, 0);
    appendFileSync(one, "\n// beside it\n");
  });
  chmodSync(two, 0o644);
  const again = await step("and given back", () => appendFileSync(two, "\n// again\n"));
  console.log(`a file may not be read: ${lost} ms; and again may: ${again} ms`);
}

const told = watch.errors.length;
rmSync(folder, { recursive: true });
while (!watch.errors.slice(told).includes("is gone")) await Bun.sleep(10);
await run(["git", "clone", "--quiet", source, folder], dir);
const returned = await watch.until((runs) => runs.at(-1)?.reason === "start" && runs.length > 1, performance.now());
await check("the folder is back");
console.log(`the folder is deleted, and cloned again: ${returned} ms after the clone`);
console.log(`in the end: ${watch.used().rss} MB; exit code ${await watch.stop()}`);
rmSync(dir, { recursive: true });
