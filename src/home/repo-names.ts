/** Names of repositories: how an id is made so that every machine makes the same one, and how a user may abbreviate it. */
import { RepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import { didYouMean, nearNames } from "../protocol/near-names.ts";

/**
 * `{name}-{8 hex}`: the last path segment, readable, and a hash of where it comes from, unique.
 * @param origin the canonical URL (`host/owner/name`) where there is one, so that a clone anywhere has the same id;
 *   else the absolute path of the folder
 * @param only the one folder of it that is meant; absent: all of it
 */
export async function makeRepoId(origin: string, only?: string): Promise<string> {
  const hash = await sha256Hex(new TextEncoder().encode(only === undefined ? origin : `${origin}//${only}`));
  return `${slug(makeRepoName(origin, only))}-${hash.slice(0, 8)}`;
}

export const makeRepoName = (origin: string, only?: string): string =>
  only === undefined ? nameOfOrigin(origin) : `${nameOfOrigin(origin)}/${only}`;

const nameOfOrigin = (origin: string): string => origin.split(/[/\\]/).findLast((s) => s !== "") ?? "repo";

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/\.{2,}/g, ".")
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "")
    .slice(0, 60) || "repo";

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
