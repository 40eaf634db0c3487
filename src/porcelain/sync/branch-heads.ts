/** Which branch is at a commit, and lists of dropped branches joined. */
import type { DroppedHead } from "../../plumbing/merge-ref.ts";
import type { Ref } from "../../protocol/ref.ts";

export const distinctHeads = (heads: readonly DroppedHead[]): readonly DroppedHead[] => [
  ...new Map(heads.map((each) => [each.branch, each])).values(),
];

/** @param first the branch that counts before the others at that commit */
export const branchAt = (ref: Ref, commit: string | null, first: string | null = null): string | undefined =>
  [...(first === null ? [] : [first]), ref.default, ...Object.keys(ref.heads)].find(
    (branch) => commit !== null && ref.heads[branch] === commit,
  );
