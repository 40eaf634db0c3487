/** Which branches and tags the ref shows once a tree is indexed. Pure. */
import type { Manifest } from "../../protocol/manifest.ts";
import type { Ref } from "../../protocol/ref.ts";
import type { SourceNames } from "../../source/source-names.ts";
import type { SourceTree } from "../../source/source-tree.ts";

/** What older programs called a commit that was checked out without a branch. */
const NO_BRANCH = "HEAD";

/**
 * Branches stay, the tree's moves to its commit; tags are the source's, of commits that are indexed. The default branch stays
 * while it has a head, unless the source itself says which it is: what one machine has checked out must not become everyone's.
 */
export function namesShown(of: {
  readonly tree: Pick<SourceTree, "commit" | "branch">;
  readonly names: SourceNames | null;
  readonly before: Ref | undefined;
  readonly manifest: Pick<Manifest, "snapshots">;
}): Pick<Ref, "heads" | "default" | "tags"> {
  const { tree, names, before } = of;
  // a new table (another model, say) knows none of the old one's commits: their names go with them
  const isIndexed = ([, commit]: readonly [string, string]) => Object.hasOwn(of.manifest.snapshots, commit);
  const kept = Object.entries(before?.heads ?? {}).filter(([branch]) => branch !== NO_BRANCH);
  const heads = Object.fromEntries(
    [...kept, ...(tree.branch === null ? [] : [[tree.branch, tree.commit] as const])].filter(isIndexed),
  );
  const tags = [...Object.entries(before?.tags ?? {}), ...(names?.tags ?? [])].filter(isIndexed);
  const candidates = [names?.mainBranch, before?.default, tree.branch, ...Object.keys(heads).sort()];
  return {
    heads,
    default: candidates.find((branch) => typeof branch === "string" && Object.hasOwn(heads, branch)) ?? "",
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) }),
  };
}
