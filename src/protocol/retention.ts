/** Which commits of an index stay searchable: those that a branch or tag names, and the newest of each branch. Pure. */
import { logOf } from "./history.ts";
import type { Manifest } from "./manifest.ts";
import type { Ref } from "./ref.ts";

/** Of each branch, unless a setting says otherwise. */
export const KEEP_COMMITS = 200;

/**
 * Commits that were indexed on a branch which is gone, or on none, are counted together as one branch more.
 * @param of.named commits that stay whatever their age: of branches and tags, here and elsewhere
 * @param of.keep of each branch, the newest by the order in which they were indexed
 */
export function keptCommits(of: {
  readonly manifest: Pick<Manifest, "log" | "snapshots">;
  readonly heads: Ref["heads"];
  readonly named: Iterable<string>;
  readonly keep: number;
}): ReadonlySet<string> {
  const kept = new Set(of.named);
  for (const commit of Object.values(of.heads)) kept.add(commit);
  const counts = new Map<string | undefined, number>();
  for (const { commit, branch } of logOf(of.manifest).toReversed()) {
    const name = branch !== undefined && Object.hasOwn(of.heads, branch) ? branch : undefined;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    if (count <= of.keep) kept.add(commit);
  }
  return kept;
}
