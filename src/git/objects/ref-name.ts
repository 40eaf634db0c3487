/**
 * Which names a ref may have. A name becomes a file below the gitdir, and those of a remote are chosen by a stranger: what
 * git's own `check-ref-format` refuses never gets as far as a path. Pure; the rules are those of
 * https://git-scm.com/docs/git-check-ref-format, in its order.
 */

/** Space, `~^:?*[\`, control characters and DEL stand in no name. */
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0020\u007f~^:?*[\\]/;

/** git's `check-ref-format <name>`: a whole name of at least two parts, such as `refs/heads/main`. */
export function isRefName(name: string): boolean {
  const parts = name.split("/");
  return (
    parts.length >= 2 &&
    parts.every((part) => part !== "" && !part.startsWith(".") && !part.endsWith(".lock")) &&
    !name.includes("..") &&
    !FORBIDDEN.test(name) &&
    !name.endsWith(".") &&
    !name.includes("@{") &&
    name.isWellFormed() // half a surrogate pair would be written as another name
  );
}

/** git's `check-ref-format --branch <short>`: besides, a branch is not called `HEAD` and is not taken for an option. */
export const isBranchName = (short: string): boolean =>
  short !== "HEAD" && !short.startsWith("-") && isRefName(`refs/heads/${short}`);

/** A branch or a tag in full: all that is ever taken from a remote. */
export function isBranchOrTag(name: string): boolean {
  if (name.startsWith("refs/heads/")) return isBranchName(name.slice("refs/heads/".length));
  const tag = "refs/tags/";
  return name.startsWith(tag) && !name.startsWith("-", tag.length) && isRefName(name);
}
