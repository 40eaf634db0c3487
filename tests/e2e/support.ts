/** What the end-to-end tests share: the compiled binary alone in an empty folder, run with an empty environment; and the same home used by this process. */
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Terminal } from "../commands/terminal.ts";

const root = join(import.meta.dir, "../..");
/** Libraries that a binary unpacked, 200 MB each: the first machine's are linked into the others. */
const SHARED = join(tmpdir(), "repobase-e2e-unpacked");
/** The binary, where a link to it costs nothing. */
const BINARY = join(SHARED, "repobase");

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly stdin?: string;
  readonly env?: Record<string, string>;
  readonly cwd?: string;
}

/** Command lines and their answers, wherever they run. */
abstract class Commands {
  abstract run(args: readonly string[], options?: RunOptions): Promise<Finished>;

  /** Runs with --json, insists on exit code 0, and gives back the documents it printed, one a line. */
  async json<T>(args: readonly string[], options: { stdin?: string } = {}): Promise<T[]> {
    const { code, stdout, stderr } = await this.run([...args, "--json"], options);
    if (code !== 0) throw new Error(`repobase ${args.join(" ")} exited ${code}: ${stderr}`);
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as T);
  }

  async one<T>(args: readonly string[]): Promise<T> {
    const [first] = await this.json<T>(args);
    if (first === undefined) throw new Error(`repobase ${args.join(" ")} printed nothing`);
    return first;
  }
}

/** The home and environment of a machine, used by this process: a tenth of the time, where the compiled binary is not the point. */
class Inside extends Commands {
  constructor(private readonly machine: Machine) {
    super();
  }

  run(args: readonly string[], { stdin, env, cwd }: RunOptions = {}): Promise<Finished> {
    const { dir, home } = this.machine;
    const terminal = new Terminal(cwd ?? dir, { REPOBASE_HOME: home, ...this.machine.env, ...env });
    return terminal.run(args, stdin);
  }
}

export class Machine extends Commands {
  readonly inside = new Inside(this);
  /** The folder that holds the binary and nothing else of ours. */
  readonly dir: string;

  /** @param share false: it unpacks its libraries itself */
  constructor(
    readonly env: Record<string, string> = {},
    private readonly share = true,
  ) {
    super();
    this.dir = mkdtempSync(join(tmpdir(), "repobase-e2e-"));
    const built = join(root, "dist", "repobase");
    if (!existsSync(built)) throw new Error("dist/repobase is missing: run `bun run build` first");
    mkdirSync(SHARED, { recursive: true });
    copyOnce(built, BINARY);
    linkOrCopy(BINARY, join(this.dir, "repobase"));
    mkdirSync(this.tmp);
  }

  private get tmp(): string {
    return join(this.dir, "tmp");
  }

  /** Where the binary unpacks its libraries. */
  private get libraries(): string {
    return join(this.home, "native");
  }

  get home(): string {
    return join(this.dir, "home");
  }

  /** Starts the binary; the environment holds our variables and nothing of this process's. */
  spawn(args: readonly string[], options: RunOptions = {}) {
    if (this.share) shareLibraries(SHARED, this.libraries);
    return Bun.spawn([join(this.dir, "repobase"), ...args], {
      cwd: options.cwd ?? this.dir,
      env: { REPOBASE_HOME: this.home, TMPDIR: this.tmp, ...this.env, ...options.env },
      stdin: options.stdin === undefined ? "ignore" : new TextEncoder().encode(options.stdin),
      stdout: "pipe",
      stderr: "pipe",
    });
  }

  override async run(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const process = this.spawn(args, options);
    const [stdout, stderr, code] = await Promise.all([process.stdout.text(), process.stderr.text(), process.exited]);
    if (this.share) shareLibraries(this.libraries, SHARED);
    return { code, stdout, stderr };
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

function shareLibraries(from: string, to: string): void {
  if (!existsSync(from)) return;
  for (const path of readdirSync(from, { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith(".node") || existsSync(join(to, path))) continue;
    mkdirSync(dirname(join(to, path)), { recursive: true, mode: 0o700 });
    linkOrCopy(join(from, path), join(to, path));
  }
}

/** Of the binary as it is now; several processes may do it at once. */
function copyOnce(from: string, to: string): void {
  const [now, then] = [statSync(from), statSync(to, { throwIfNoEntry: false })];
  if (then && then.size === now.size && then.mtimeMs >= now.mtimeMs) return;
  const temporary = `${to}.${process.pid}`;
  linkOrCopy(from, temporary);
  renameSync(temporary, to);
}

/** A link costs nothing; a temporary folder on another disk needs a copy. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return; // another test process was first
    if (code !== "EXDEV" && code !== "EPERM") throw error;
    copyFileSync(from, to);
  }
}
