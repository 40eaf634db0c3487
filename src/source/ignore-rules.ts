/**
 * Ignore rules as git reads them (gitignore(5), and what git does beyond it), from files at any level: a pattern counts from
 * the folder of its file, the last match wins, deeper files win over upper ones, and nothing below an ignored folder comes
 * back. `.gitignore` rules apply to walks on disk only (git tracks what it tracks); `.repobaseignore` rules apply to commits
 * as well. The text of a rule is never rewritten: it is matched against the name relative to the folder of its file.
 */
import { bytesOfPath } from "../text/path-bytes.ts";
import { type ByteText, compileWildmatch, lowerAscii } from "../git/objects/wildmatch.ts";

export const GIT_IGNORE_FILE = ".gitignore";
export const OWN_IGNORE_FILE = ".repobaseignore";

interface Rule {
  readonly negated: boolean;
  /** `name/` */
  readonly foldersOnly: boolean;
  /** Has a slash: compared with the whole name below the folder of its file, not with the last part of it. */
  readonly anchored: boolean;
  readonly matches: (name: ByteText) => boolean;
}

/** The rules in force in one folder. Immutable: a deeper folder has rules of its own, made with `with`. */
export class IgnoreRules {
  static readonly none = new IgnoreRules(null, 0, []);
  /** Below an ignored folder. */
  static readonly all = new IgnoreRules(null, 0, []);

  private constructor(
    private readonly outer: IgnoreRules | null,
    /** Bytes of the folder's path and its slash. */
    private readonly base: number,
    private readonly rules: readonly Rule[],
  ) {}

  /**
   * These rules and those of an ignore file.
   * @param file its bytes; text counts as UTF-8
   * @param folder where the file lies, relative to the root; `` for the root
   * @param ignoreCase git's `core.ignoreCase`
   */
  with(file: Uint8Array | string, folder: string, ignoreCase = false): IgnoreRules {
    if (this === IgnoreRules.all || file.length === 0) return this;
    const rules = parseIgnoreFile(byteText(file), ignoreCase);
    return rules.length === 0 ? this : new IgnoreRules(this, folder === "" ? 0 : byteName(folder).length + 1, rules);
  }

  /** The rules inside a folder: where it is ignored, everything in it is. */
  within(folder: string): IgnoreRules {
    return this.ignores(folder, true) ? IgnoreRules.all : this;
  }

  /** @param path relative to the root, not below an ignored folder (see `within`) */
  ignores(path: string, isFolder: boolean): boolean {
    if (this === IgnoreRules.all) return true;
    if (this === IgnoreRules.none) return false;
    const name = byteName(path);
    return this.verdict(name, name.slice(name.lastIndexOf("/") + 1), isFolder) ?? false;
  }

  /** undefined: no rule speaks of it. */
  private verdict(name: ByteText, last: ByteText, isFolder: boolean): boolean | undefined {
    const below = name.slice(this.base);
    for (let at = this.rules.length - 1; at >= 0; at--) {
      const { negated, foldersOnly, anchored, matches } = this.rules[at] as Rule;
      if ((isFolder || !foldersOnly) && matches(anchored ? below : last)) return !negated;
    }
    return this.outer?.verdict(name, last, isFolder);
  }
}

/**
 * Which files of a flat list `.repobaseignore` files take out.
 * @param files each such file by its folder, `` for the root
 */
export function ownIgnoreFilter(files: ReadonlyMap<string, Uint8Array | string>): (path: string) => boolean {
  if (files.size === 0) return () => false;
  const known = new Map<string, IgnoreRules>();
  const rulesOf = (folder: string): IgnoreRules => {
    let rules = known.get(folder);
    if (rules === undefined) {
      rules = folder === "" ? IgnoreRules.none : rulesOf(parentOf(folder)).within(folder);
      rules = rules.with(files.get(folder) ?? "", folder);
      known.set(folder, rules);
    }
    return rules;
  };
  return (path) => rulesOf(parentOf(path)).ignores(path, false);
}

/** Folder of a path, `` for the root. */
export const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf("/"), 0));

/** git's own mark of UTF-8 at the start of a file is passed over; lines end with LF or CR LF. */
function parseIgnoreFile(text: ByteText, ignoreCase: boolean): Rule[] {
  return text
    .replace(/^\xef\xbb\xbf/, "")
    .split("\n")
    .flatMap((line) => (line === "" || line.startsWith("#") ? [] : parseRule(line, ignoreCase)));
}

function parseRule(line: ByteText, ignoreCase: boolean): Rule[] {
  const trimmed = trimSpaces(line.replace(/\r$/, ""));
  const negated = trimmed.startsWith("!");
  const written = negated ? trimmed.slice(1) : trimmed;
  const foldersOnly = written.endsWith("/");
  const pattern = foldersOnly ? written.slice(0, -1) : written;
  if (pattern === "") return []; // a lone "/" or "!" matches nothing
  const anchored = pattern.includes("/");
  return [{ negated, foldersOnly, anchored, matches: matcherOf(pattern, anchored, ignoreCase) }];
}

/** Spaces at the end do not count unless a backslash keeps them. Other white space does. */
function trimSpaces(line: ByteText): ByteText {
  let end = 0;
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === " ") continue;
    if (char === "\\" && ++at === line.length) return line;
    end = at + 1;
  }
  return line.slice(0, end);
}

function matcherOf(written: ByteText, anchored: boolean, ignoreCase: boolean): (name: ByteText) => boolean {
  const fold = ignoreCase ? lowerAscii : (text: ByteText) => text;
  const pattern = anchored ? written.replace(/^\//, "") : written;
  const wild = pattern.search(/[*?[\\]/);
  if (wild < 0) return (name) => fold(name) === fold(pattern);
  if (!anchored && /^\*[^*?[\\]+$/.test(pattern)) return (name) => fold(name).endsWith(fold(pattern.slice(1)));
  // git compares what stands before the first sign by itself, so `a/b**` begins with `**` for its matcher
  const prefix = anchored ? fold(pattern.slice(0, wild)) : "";
  const matches = compileWildmatch(pattern.slice(prefix.length), ignoreCase);
  return (name) => fold(name.slice(0, prefix.length)) === prefix && matches(name.slice(prefix.length));
}

function byteText(file: Uint8Array | string): ByteText {
  const bytes = typeof file === "string" ? Buffer.from(file) : file;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** Names outside ASCII are compared byte by byte. */
const byteName = (path: string): ByteText =>
  /[^\0-\x7f]|\\x/.test(path) ? Buffer.from(bytesOfPath(path)).toString("latin1") : path;
