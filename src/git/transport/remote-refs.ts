/** What a remote offers, and which of it we follow. Pure, but for the type of the list. */
import type { ServerRef } from "isomorphic-git";
import { RepobaseError } from "../../protocol/errors.ts";

export interface ChosenRef {
  /** In full, for instance `refs/heads/main`. */
  readonly name: string;
  /** `main`, or the name of the tag. */
  readonly branch: string;
  /** The commit, 40 hex digits (of a tag: what it points at). */
  readonly commit: string;
  /** The object the name has; differs from `commit` for an annotated tag. */
  readonly object: string;
}

/**
 * The branch (or else tag) called `wanted`, or the branch the remote's HEAD names.
 * @throws RepobaseError `ref_not_found` when the remote has no such branch or tag, or no commits at all
 */
export function chooseRef({
  refs,
  wanted,
  url,
}: {
  refs: readonly ServerRef[];
  wanted: string | null;
  url: string;
}): ChosenRef {
  if (refs.length === 0)
    throw new RepobaseError("ref_not_found", `"${url}" has no commits yet`, { hint: "push something to it first" });
  const byName = new Map(refs.map((ref) => [ref.ref, ref]));
  const names = wanted === null ? defaultBranches(refs) : [`refs/heads/${wanted}`, `refs/tags/${wanted}`];
  for (const name of names) {
    const ref = byName.get(name);
    if (ref === undefined) continue;
    const branch = name.replace(/^refs\/(?:heads|tags)\//, "");
    return { name, branch, commit: ref.peeled ?? ref.oid, object: ref.oid };
  }
  const branches = refs.flatMap(({ ref }) => (ref.startsWith("refs/heads/") ? [ref.slice("refs/heads/".length)] : []));
  throw new RepobaseError(
    "ref_not_found",
    `"${url}" has no ${wanted === null ? "default branch" : `branch "${wanted}"`}`,
    {
      hint: `it has: ${branches.slice(0, 10).join(", ")}${branches.length > 10 ? ` and ${branches.length - 10} more` : ""}`,
      fields: { ref: wanted },
    },
  );
}

/** The name HEAD points at; servers that do not say: a branch at the same commit, `main` and `master` first. */
function defaultBranches(refs: readonly ServerRef[]): string[] {
  const head = refs.find(({ ref }) => ref === "HEAD");
  if (head?.target !== undefined) return [head.target];
  const same = refs.filter(({ ref, oid }) => ref.startsWith("refs/heads/") && oid === head?.oid).map(({ ref }) => ref);
  return [...["refs/heads/main", "refs/heads/master"].filter((name) => same.includes(name)), ...same];
}
