/** The block that Repobase keeps in a git hook: what it says, where it goes, and how it is taken out again. Pure. */

/** HookCall without arguments: the program, and what comes before its words when it runs from source. */
export type Invocation = readonly [program: string, ...first: string[]];

/** git's own names. Each runs after something that may have moved HEAD or changed files. */
export const HOOKS = ["post-commit", "post-merge", "post-checkout", "post-rewrite"] as const;
export type HookName = (typeof HOOKS)[number];

/** What the hook starts. */
export interface HookCall {
  readonly invocation: Invocation;
  /** The home folder, where it is not the usual one. */
  readonly home: string | null;
}

const opening = (repo: string) => `# >>> repobase: keeps the index "${repo}" up to date >>>`;
const closing = (repo: string) => `# <<< repobase "${repo}" <<<`;
/** First line of a hook that was made for the block alone. */
const OWN_HEAD = "#!/bin/sh\n# made by: repobase hooks install\n";

/** A background run that says nothing and delays nobody. A run of another process is waited for; the hook ends as it would have. */
function blockOf(repo: string, { invocation, home }: HookCall): string {
  const setting = home === null ? "" : `REPOBASE_HOME=${quote(home)} `;
  const words = setting + [...invocation, "index", "--quiet", repo].map(quote).join(" ");
  return [
    opening(repo),
    "repobase_status=$?",
    "(",
    "  # a rebase ends with a hook of its own",
    '  [ "${0##*/}" = post-commit ] && [ -d "$(git rev-parse --git-path rebase-merge)" ] && exit',
    "  for repobase_pause in 1 2 4 8 16 0; do",
    `    ${words} && exit`,
    `    [ $? -eq ${BUSY_EXIT} ] || exit`,
    "    sleep $repobase_pause",
    "  done",
    ") </dev/null >/dev/null 2>&1 &",
    "(exit $repobase_status)",
    closing(repo),
    "",
  ].join("\n");
}

/** Exit code of `busy`. */
const BUSY_EXIT = 20;

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/**
 * The hook with this block in it, once, in place of an older one.
 * @param before undefined: there is no such hook
 */
export function withBlock(before: string | undefined, repo: string, started: HookCall): string {
  const block = blockOf(repo, started);
  const rest = before === undefined ? OWN_HEAD : (withoutBlock(before, repo) ?? OWN_HEAD);
  // behind a line that ends the script nothing would run
  if (/^(exec|exit)\b/m.test(rest)) {
    const shebang = /^#!.*\n/.exec(rest)?.[0] ?? "";
    return shebang + block + rest.slice(shebang.length);
  }
  return rest + (rest === "" || rest.endsWith("\n") ? "" : "\n") + block;
}

/** @returns undefined: nothing is left of a hook that was made for the block */
export function withoutBlock(text: string, repo: string): string | undefined {
  const start = text.indexOf(`${opening(repo)}\n`);
  const end = text.indexOf(`${closing(repo)}\n`, start);
  if (start < 0 || end < 0) return text;
  const rest = text.slice(0, start) + text.slice(end + closing(repo).length + 1);
  return rest === OWN_HEAD ? undefined : rest;
}

export const hasBlock = (text: string, repo: string): boolean => withoutBlock(text, repo) !== text;

/** git runs a hook without `#!` by the shell. */
export function isShellScript(text: string): boolean {
  if (text.includes("\0")) return false;
  return !text.startsWith("#!") || /^#!.*\b(sh|bash|dash|ash|ksh|zsh)\b/.test(text);
}
