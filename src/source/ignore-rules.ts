/**
 * Ignore rules as git reads them, from files at any level: a pattern counts from the folder of its file, the last match
 * wins, deeper files win over upper ones, and nothing below an ignored folder comes back. `.gitignore` rules apply to
 * walks on disk only (git tracks what it tracks); `.repobaseignore` rules apply to commits as well.
 */
import ignore, { type Ignore } from "ignore";

export const GIT_IGNORE_FILE = ".gitignore";
export const OWN_IGNORE_FILE = ".repobaseignore";

/** The rules in force in one folder. Immutable: a deeper folder has rules of its own, made with `with`. */
export class IgnoreRules {
  static readonly none = new IgnoreRules(null);

  private constructor(private readonly matcher: Ignore | null) {}

  /**
   * These rules and those of an ignore file's `text`.
   * @param folder where the file lies, relative to the root; `` for the root
   */
  with(text: string, folder: string): IgnoreRules {
    const patterns = text.split(/\r?\n/).flatMap((line) => anchorPattern(line, folder));
    if (patterns.length === 0) return this;
    // git compares names exactly where the file system does.
    const matcher = ignore({ ignorecase: process.platform === "win32" || process.platform === "darwin" });
    if (this.matcher !== null) matcher.add(this.matcher);
    return new IgnoreRules(matcher.add(patterns));
  }

  /** @param path relative to the root */
  ignores(path: string, isFolder: boolean): boolean {
    return this.matcher !== null && this.matcher.ignores(isFolder ? `${path}/` : path);
  }
}

/**
 * Which files of a flat list `.repobaseignore` files take out.
 * @param files text of each such file by its folder, `` for the root
 */
export function ownIgnoreFilter(files: ReadonlyMap<string, string>): (path: string) => boolean {
  if (files.size === 0) return () => false;
  const known = new Map<string, IgnoreRules>();
  const rulesOf = (folder: string): IgnoreRules => {
    let rules = known.get(folder);
    if (rules === undefined) {
      const text = files.get(folder);
      rules = folder === "" ? IgnoreRules.none : rulesOf(parentOf(folder));
      if (text !== undefined) rules = rules.with(text, folder);
      known.set(folder, rules);
    }
    return rules;
  };
  return (path) => rulesOf(parentOf(path)).ignores(path, false);
}

/** Folder of a path, `` for the root. */
export const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf("/"), 0));

/**
 * A line of an ignore file as a pattern that counts from the root, or nothing for comments and empty lines.
 * `foo` matches at any depth below its folder (two stars stand between), `/foo` and `a/foo` only right in it.
 */
function anchorPattern(line: string, folder: string): string[] {
  if (line.trim() === "" || line.startsWith("#")) return [];
  if (folder === "") return [line];
  const negation = line.startsWith("!") ? "!" : "";
  const pattern = line.slice(negation.length).replace(/^\\(?=[#!])/, "");
  const isAnchored = /\/./.test(pattern);
  return [`${negation}/${escapePath(folder)}/${isAnchored ? "" : "**/"}${pattern.replace(/^\//, "")}`];
}

/** Names are not patterns. */
const escapePath = (path: string): string => path.replace(/[\\*?[\]]/g, "\\$&");
