/**
 * The configuration that git would see: system, user, repository, work tree and environment, each over the one before, with
 * what they include (`include.path`, and `includeIf` by folder, branch or remote). Settings of `git -c` are not ours to see.
 */
import { realpathSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import {
  type ConfigEntry,
  type GitConfig,
  type GitEnvironment,
  isTrue,
  parseConfigEntries,
  readTextIfThere,
} from "./git-config.ts";
import { compileWildmatch } from "./wildmatch.ts";

/** Where a repository's own settings lie. */
export interface ConfigPlaces {
  readonly commonDir: string;
  /** Differs from `commonDir` in a linked work tree. */
  readonly gitdir: string;
}

/** git's own limit on files that include files. */
const MAX_DEPTH = 10;

/** @param places null: outside a repository. Files that are missing count as empty */
export function readGitConfig(places: ConfigPlaces | null, env: GitEnvironment): GitConfig {
  const first = new Chain(places, env, []);
  const entries = first.read();
  if (!first.asksForRemotes) return new Map(entries);
  const urls = entries.flatMap(([key, value]) => (/^remote\..*\.url$/s.test(key) ? [value] : []));
  return new Map(new Chain(places, env, urls).read());
}

/** The file of the user's own ignore rules (`core.excludesFile` or its default place), or null. @param folder what a relative path counts from */
export function globalExcludesFile(config: GitConfig, env: GitEnvironment, folder: string): string | null {
  const named = config.get("core.excludesfile");
  if (named === "") return null;
  if (named !== undefined) {
    const path = expandHome(named, env);
    return path === null ? null : isAbsolute(path) ? path : join(folder, path);
  }
  const xdg = configHome(env);
  return xdg === null ? null : join(xdg, "git", "ignore");
}

/** Where git looks for hooks. @param workTree where it runs them, from which a relative `core.hooksPath` counts; null: bare */
export function hooksFolder(
  of: { readonly config: GitConfig; readonly commonDir: string; readonly workTree: string | null },
  env: GitEnvironment,
): string {
  const named = of.config.get("core.hookspath");
  const path = named ? expandHome(named, env) : null;
  return path === null ? join(of.commonDir, "hooks") : resolve(of.workTree ?? of.commonDir, path);
}

class Chain {
  private readonly entries: ConfigEntry[] = [];
  /** Did a condition depend on the URLs of remotes, which are known only when all files are read? */
  asksForRemotes = false;

  constructor(
    private readonly places: ConfigPlaces | null,
    private readonly env: GitEnvironment,
    private readonly remotes: readonly string[],
  ) {}

  read(): readonly ConfigEntry[] {
    const { places, env } = this;
    for (const file of userFiles(env)) this.addFile(file, 0);
    if (places !== null) {
      this.addFile(join(places.commonDir, "config"), 0);
      if (isTrue(new Map(this.entries), "extensions.worktreeconfig", false))
        this.addFile(join(places.gitdir, "config.worktree"), 0);
    }
    const count = Number(env.GIT_CONFIG_COUNT ?? 0);
    for (let i = 0; i < Math.min(count, 1000); i++) {
      const key = env[`GIT_CONFIG_KEY_${i}`];
      if (key !== undefined) this.entries.push([lowerEnds(key), env[`GIT_CONFIG_VALUE_${i}`] ?? ""]);
    }
    return this.entries;
  }

  private addFile(file: string, depth: number): void {
    for (const entry of parseConfigEntries(readTextIfThere(file))) {
      this.entries.push(entry);
      const [key, value] = entry;
      const condition = key === "include.path" ? "" : /^includeif\.(.*)\.path$/s.exec(key)?.[1];
      if (condition === undefined || depth >= MAX_DEPTH) continue;
      if (condition !== "" && !this.holds(condition, dirname(file))) continue;
      const path = expandHome(value, this.env);
      if (path) this.addFile(isAbsolute(path) ? path : join(dirname(file), path), depth + 1);
    }
  }

  /** An `includeIf` condition; one that is unknown never holds. @param folder of the file it stands in */
  private holds(condition: string, folder: string): boolean {
    const colon = condition.indexOf(":");
    const [kind, pattern] = [condition.slice(0, colon), condition.slice(colon + 1)];
    if (kind === "gitdir" || kind === "gitdir/i") return this.isGitdir(pattern, folder, kind === "gitdir/i");
    if (kind === "onbranch") return this.isOnBranch(pattern);
    if (condition.startsWith("hasconfig:remote.*.url:")) {
      this.asksForRemotes = true;
      const matches = matcher(condition.slice("hasconfig:remote.*.url:".length));
      return this.remotes.some(matches);
    }
    return false;
  }

  private isGitdir(written: string, folder: string, ignoreCase: boolean): boolean {
    if (this.places === null) return false;
    const expanded = expandHome(written, this.env);
    if (expanded === null) return false;
    // not normalised, as git does not
    const placed = expanded.startsWith("./") ? realPath(folder) + expanded.slice(1) : expanded;
    const matches = matcher(endingBelow(isAbsolute(placed) ? placed : `**/${placed}`), ignoreCase);
    const { gitdir } = this.places;
    return matches(gitdir) || matches(realPath(gitdir));
  }

  private isOnBranch(pattern: string): boolean {
    if (this.places === null) return false;
    const branch = /^ref:\s*refs\/heads\/(.+?)\s*$/.exec(readTextIfThere(join(this.places.gitdir, "HEAD")))?.[1];
    return branch !== undefined && matcher(endingBelow(pattern))(branch);
  }
}

function userFiles(env: GitEnvironment): string[] {
  const isOff = isTrue(new Map([["x.x", env.GIT_CONFIG_NOSYSTEM ?? ""]]), "x.x", true);
  const files = isOff ? [] : [env.GIT_CONFIG_SYSTEM ?? "/etc/gitconfig"];
  if (env.GIT_CONFIG_GLOBAL !== undefined) return [...files, env.GIT_CONFIG_GLOBAL];
  const xdg = configHome(env);
  if (xdg !== null) files.push(join(xdg, "git", "config"));
  if (env.HOME) files.push(join(env.HOME, ".gitconfig"));
  return files;
}

const configHome = (env: GitEnvironment): string | null =>
  env.XDG_CONFIG_HOME ? env.XDG_CONFIG_HOME : env.HOME ? join(env.HOME, ".config") : null;

/** `~/x` and `~user/x`. @returns null: that user is not known, and the path names nothing */
function expandHome(path: string, env: GitEnvironment): string | null {
  const [, user, rest = ""] = /^~([^/]*)(.*)$/s.exec(path) ?? [];
  if (user === undefined) return path;
  const home = user === "" ? env.HOME : homeOf(user);
  return home ? home + rest : null;
}

/** undefined: no such user, or a system without this file. */
function homeOf(user: string): string | undefined {
  const line = readTextIfThere("/etc/passwd")
    .split("\n")
    .find((text) => text.startsWith(`${user}:`));
  return line?.split(":")[5];
}

/** `work/` means everything below it. */
const endingBelow = (pattern: string): string => (pattern.endsWith("/") ? `${pattern}**` : pattern);

function matcher(pattern: string, ignoreCase = false): (text: string) => boolean {
  const bytes = (text: string): string => Buffer.from(text).toString("latin1");
  const matches = compileWildmatch(bytes(pattern), ignoreCase);
  return (text) => matches(bytes(text));
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** `Core.ExcludesFile` -> `core.excludesfile`; what stands between keeps its case. */
function lowerEnds(key: string): string {
  const [first, last] = [key.indexOf("."), key.lastIndexOf(".")];
  return key.slice(0, first).toLowerCase() + key.slice(first, last) + key.slice(last).toLowerCase();
}
