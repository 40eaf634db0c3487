/** How a user may abbreviate what a repository is called. */
import { RepobaseError } from "./errors.ts";
import { didYouMean, nearNames } from "./near-names.ts";

/**
 * The repository a user means: an id, a name, or an unambiguous beginning of an id.
 * @throws RepobaseError `repo_not_found` when none or several match
 */
export function findRepo<T extends { readonly id: string; readonly name: string }>(
  repos: readonly T[],
  wanted: string,
): T {
  const exact = repos.find((r) => r.id === wanted);
  if (exact) return exact;
  const named = repos.filter((r) => r.name === wanted);
  const matches = named.length > 0 ? named : repos.filter((r) => wanted !== "" && r.id.startsWith(wanted));
  const [only] = matches;
  if (only && matches.length === 1) return only;
  if (matches.length > 1)
    throw new RepobaseError("repo_not_found", `"${wanted}" names ${matches.length} repositories`, {
      hint: `say which: ${matches.map((r) => r.id).join(", ")}`,
    });
  throw new RepobaseError("repo_not_found", `no repository "${wanted}"`, {
    hint:
      repos.length === 0
        ? "add one with: repobase add <url or path>"
        : didYouMean(nearNames(wanted, [...repos.map((r) => r.name), ...repos.map((r) => r.id)])) ||
          "see them with: repobase list",
  });
}
