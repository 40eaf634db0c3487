/** Who is right about a branch that both sides have with different heads, where more is known than what the manifests tell. */
import { differingHeads, type Merge } from "../../plumbing/merge-ref.ts";

/** How one commit stands to another in git's history. undefined: not known here, as in a shallow clone. */
export type CompareCommits = (here: string, there: string) => Promise<"newer" | "older" | undefined>;

export async function decideHeads(
  of: Pick<Merge, "local" | "remote" | "remoteManifest" | "base"> & {
    readonly compareCommits?: CompareCommits | undefined;
    /** Branches that the user wants as they are here. */
    readonly asked?: ReadonlySet<string> | undefined;
  },
): Promise<ReadonlyMap<string, "local" | "remote">> {
  const decided = new Map<string, "local" | "remote">();
  // one that the cloud dropped, too
  for (const branch of of.asked ?? []) if (Object.hasOwn(of.local.heads, branch)) decided.set(branch, "local");
  for (const { branch, here, there, known } of differingHeads(of)) {
    if (decided.has(branch)) continue;
    // moved here alone, to what the remote never saw: there is nothing to ask git
    if (known || of.base?.heads[branch] !== there) {
      const order = await of.compareCommits?.(here, there);
      if (order !== undefined) decided.set(branch, order === "newer" ? "local" : "remote");
    }
  }
  return decided;
}
