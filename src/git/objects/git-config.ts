/**
 * git's configuration files, as far as we ask them: the last value of a key, in one file or over the usual chain
 * (system, user, repository). `include` is not followed.
 * Grammar: `[section]` or `[section "sub"]`, then `key = value` lines; `#` and `;` start comments outside quotes; a
 * backslash at the end joins the next line; a key without `=` is true.
 */
import { join } from "node:path";
import { readRegularFile } from "../../files/read-regular-file.ts";

/** `section.key` or `section.sub.key` -> last value. Section and key in lower case, the middle as written. */
export type GitConfig = ReadonlyMap<string, string>;

export type GitEnvironment = Readonly<Record<string, string | undefined>>;

export function parseGitConfig(text: string): GitConfig {
  const values = new Map<string, string>();
  let section = "";
  for (const line of text.replace(/\\\r?\n/g, "").split(/\r?\n/)) {
    const trimmed = line.trim();
    const header = /^\[\s*([^\s"\]]+)\s*(?:"((?:[^"\\]|\\.)*)")?\s*\](.*)$/.exec(trimmed);
    if (header !== null) {
      const sub = header[2]?.replace(/\\(.)/g, "$1");
      section = (header[1] ?? "").toLowerCase() + (sub === undefined ? "" : `.${sub}`);
    }
    const rest = header === null ? trimmed : (header[3] ?? "").trim();
    const entry = /^([a-z][a-z0-9-]*)\s*(?:=\s*(.*))?$/i.exec(rest);
    if (entry === null) continue;
    values.set(`${section}.${(entry[1] ?? "").toLowerCase()}`, entry[2] === undefined ? "true" : unquote(entry[2]));
  }
  return values;
}

/** Quotes off, escapes resolved, a comment outside quotes cut. */
function unquote(raw: string): string {
  let value = "";
  let quoted = false;
  let kept = 0;
  for (let i = 0; i < raw.length; i++) {
    const char = raw[i] ?? "";
    if (char === "\\") {
      const next = raw[++i] ?? "";
      value += next === "n" ? "\n" : next === "t" ? "\t" : next;
      kept = value.length;
    } else if (char === '"') {
      quoted = !quoted;
      kept = value.length;
    } else if (!quoted && (char === "#" || char === ";")) break;
    else {
      value += char;
      if (quoted || char.trim() !== "") kept = value.length;
    }
  }
  return value.slice(0, kept);
}

/** git's booleans; `fallback` for a missing value and for one that is none (`input`). */
export function isTrue(config: GitConfig, key: string, fallback: boolean): boolean {
  const value = config.get(key)?.toLowerCase();
  if (value === undefined) return fallback;
  if (["true", "yes", "on", "1"].includes(value)) return true;
  return ["false", "no", "off", "0", ""].includes(value) ? false : fallback;
}

/** The repository's configuration over the user's over the system's. Missing files count as empty. */
export function readGitConfig(commonDir: string, env: GitEnvironment): GitConfig {
  const files = env.GIT_CONFIG_NOSYSTEM === "1" ? [] : ["/etc/gitconfig"];
  if (env.GIT_CONFIG_GLOBAL !== undefined) files.push(env.GIT_CONFIG_GLOBAL);
  else {
    const xdg = configHome(env);
    if (xdg !== null) files.push(join(xdg, "git", "config"));
    if (env.HOME) files.push(join(env.HOME, ".gitconfig"));
  }
  files.push(join(commonDir, "config"));
  const all = new Map<string, string>();
  for (const file of files) for (const [key, value] of parseGitConfig(readTextIfThere(file))) all.set(key, value);
  return all;
}

/** The file of the user's own ignore rules (`core.excludesFile` or its default place), or null. */
export function globalExcludesFile(config: GitConfig, env: GitEnvironment): string | null {
  const named = config.get("core.excludesfile");
  if (named !== undefined && named !== "") {
    if (!named.startsWith("~/")) return named;
    return env.HOME ? join(env.HOME, named.slice(2)) : null;
  }
  const xdg = configHome(env);
  return xdg === null ? null : join(xdg, "git", "ignore");
}

const configHome = (env: GitEnvironment): string | null =>
  env.XDG_CONFIG_HOME ? env.XDG_CONFIG_HOME : env.HOME ? join(env.HOME, ".config") : null;

/** "" when the file is missing or cannot be read: git warns about those and goes on, too. */
export function readTextIfThere(path: string): string {
  try {
    return readRegularFile(path).toString("utf8");
  } catch {
    return "";
  }
}
