/**
 * Pure reader of git's configuration files (git-config(1), "Syntax"): `[section]` or `[section "sub"]`, then `key = value`
 * lines; `#` and `;` start comments outside quotes; a backslash at the end of a value joins the next line; a key without
 * `=` is true. Which files are read, and what they include, is config-chain.ts's.
 */
import { readRegularFile } from "../../files/read-regular-file.ts";

/** `section.key` or `section.sub.key` -> last value. Section and key in lower case, the middle as written. */
export type GitConfig = ReadonlyMap<string, string>;

export type GitEnvironment = Readonly<Record<string, string | undefined>>;

export type ConfigEntry = readonly [key: string, value: string];

export const parseGitConfig = (text: string): GitConfig => new Map(parseConfigEntries(text));

/** In the order of the file, repeated keys too. A line that git would refuse is passed over. */
export function parseConfigEntries(text: string): ConfigEntry[] {
  const entries: ConfigEntry[] = [];
  let section = "";
  // what precedes a value is one line; a value may go on
  const line = /[^\n]*\n?/y;
  line.lastIndex = text.startsWith("\ufeff") ? 1 : 0;
  for (let start = line.lastIndex; start < text.length; start = line.lastIndex) {
    const whole = line.exec(text)?.[0] ?? "";
    const header = /^\s*\[\s*([\w.-]+)\s*(?:"((?:[^"\\\n]|\\.)*)")?\s*\]/.exec(whole);
    if (header !== null) {
      const sub = header[2]?.replace(/\\(.)/g, "$1");
      section = (header[1] ?? "").toLowerCase() + (sub === undefined ? "" : `.${sub}`);
    }
    const from = header?.[0].length ?? 0;
    const key = /^\s*([a-z][a-z0-9-]*)[ \t]*(=?)/i.exec(whole.slice(from));
    if (key === null || section === "") continue;
    const name = `${section}.${(key[1] ?? "").toLowerCase()}`;
    if (key[2] === "") {
      if (/^\s*(?:[#;]|$)/.test(whole.slice(from + key[0].length))) entries.push([name, "true"]);
      continue;
    }
    const value = readValue(text, start + from + key[0].length);
    line.lastIndex = value.end;
    entries.push([name, value.text]);
  }
  return entries;
}

/** From behind the `=` to the end of its last line: quotes off, escapes resolved, comment and outer spaces cut. */
function readValue(text: string, start: number): { text: string; end: number } {
  let value = "";
  let quoted = false;
  let kept = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at] ?? "";
    if (char === "\n") return { text: value.slice(0, kept), end: at + 1 };
    if (char === "\\") {
      if (text.startsWith("\r\n", at + 1)) at++;
      const next = text[++at] ?? "";
      if (next === "\n") continue;
      value += next === "n" ? "\n" : next === "t" ? "\t" : next === "b" ? "\b" : next;
      kept = value.length;
    } else if (char === '"') {
      quoted = !quoted;
      kept = value.length;
    } else if (!quoted && (char === "#" || char === ";")) {
      const end = text.indexOf("\n", at);
      return { text: value.slice(0, kept), end: end < 0 ? text.length : end + 1 };
    } else if (quoted || char.trim() !== "" || value !== "") {
      value += char;
      if (quoted || char.trim() !== "") kept = value.length;
    }
  }
  return { text: value.slice(0, kept), end: text.length };
}

/** git's booleans; `fallback` for a missing value and for one that is none (`input`). */
export function isTrue(config: GitConfig, key: string, fallback: boolean): boolean {
  const value = config.get(key)?.toLowerCase();
  if (value === undefined) return fallback;
  if (["true", "yes", "on"].includes(value)) return true;
  if (["false", "no", "off", ""].includes(value)) return false;
  return /^-?\d+[kmg]?$/.test(value) ? Number.parseInt(value, 10) !== 0 : fallback;
}

/** "" when the file is missing or cannot be read: git warns about those and goes on, too. */
export const readTextIfThere = (path: string): string => readIfThere(path).toString("utf8");

/** Its bytes; none when it is missing or cannot be read. */
export function readIfThere(path: string | Buffer): Buffer {
  try {
    return readRegularFile(path);
  } catch {
    return Buffer.alloc(0);
  }
}
