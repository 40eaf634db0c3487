/** A commit as people know it: its branches and tags, else its short id. */
import { shortCommit } from "../../protocol/ids.ts";
import type { IndexedCommit } from "../../protocol/browse-api.ts";

type Named = Pick<IndexedCommit, "commit" | "branches" | "tags">;

export const commitName = ({ commit, branches, tags }: Named): string =>
  [[...branches, ...tags].join(", "), shortCommit(commit)].filter(Boolean).join(" · ");

export function CommitLabel({ of }: { of: Named }) {
  return (
    <>
      {[...of.branches, ...of.tags].map((name) => (
        <span class="tag">{name}</span>
      ))}
      <code>{shortCommit(of.commit)}</code>
    </>
  );
}
