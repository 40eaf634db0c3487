/** What a remote offers, and which of it we follow. Pure. */
import { RepobaseError } from "../../protocol/errors.ts";
import type { Advertisement, RemoteRef } from "./advertisement.ts";

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
export function chooseRef(of: { offered: Advertisement; wanted: string | null; url: string }): ChosenRef {
  const { offered, wanted, url } = of;
  const { refs, head } = offered;
  if (refs.length === 0 && head.id === null)
    throw new RepobaseError("ref_not_found", `"${url}" has no commits yet`, { hint: "push something to it first" });
  const byName = new Map(refs.map((ref) => [ref.name, ref]));
  const names = wanted === null ? defaultBranches(offered) : [`refs/heads/${wanted}`, `refs/tags/${wanted}`];
  for (const name of names) {
    const ref = byName.get(name);
    if (ref === undefined) continue;
    const branch = name.replace(/^refs\/(?:heads|tags)\//, "");
    return { name, branch, commit: ref.peeled ?? ref.id, object: ref.id };
  }
  const branches = branchesOf(refs).map(({ name }) => name.slice("refs/heads/".length));
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
function defaultBranches({ refs, head }: Advertisement): string[] {
  if (head.branch !== null) return [head.branch];
  const same = branchesOf(refs).flatMap(({ name, id }) => (id === head.id ? [name] : []));
  return [...["refs/heads/main", "refs/heads/master"].filter((name) => same.includes(name)), ...same];
}

const branchesOf = (refs: readonly RemoteRef[]): RemoteRef[] =>
  refs.filter(({ name }) => name.startsWith("refs/heads/"));
