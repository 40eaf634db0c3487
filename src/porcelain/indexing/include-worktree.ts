/**
 * Puts a folder's uncommitted files into the table that is pushed, because the user asked. They get the place of a
 * commit, named by a hash of what they hold, and the branch `worktree`.
 */
import { readRef } from "../../plumbing/read-ref.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { sha256Hex } from "../../protocol/hash.ts";
import { SHARED_TABLE, WORKTREE } from "../../protocol/ids.ts";
import { indexContext, type IndexRepoOptions, runIndexTree } from "./index-context.ts";
import { previousManifest } from "./previous-manifest.ts";
import { publishIndex } from "./publish-index.ts";
import { sweepFiles } from "./sweep-files.ts";
import { readSource } from "./read-source.ts";

/** The caller holds the repository's lock. @throws RepobaseError `not_found` when there is no uncommitted work */
export async function includeWorktree(options: IndexRepoOptions): Promise<void> {
  const { home, repo } = options;
  const context = await indexContext(options);
  const source = await readSource(context);
  if (!source.worktree)
    throw new RepobaseError("not_found", `"${repo.id}" has no uncommitted work`, { hint: "push without --worktree" });
  const names = source.worktree.files.map(({ path, blob }) => `${blob} ${path}\n`).join("");
  const commit = (await sha256Hex(new TextEncoder().encode(names))).slice(0, 40);
  const tree = { ...source.worktree, commit, branch: WORKTREE };
  const local = await readRef({ from: home.store, repo: repo.id });
  const previous = await previousManifest({ store: home.store, repo: repo.id, sha256: local?.ref.manifest });
  const result = await runIndexTree(context, { tree, tableName: SHARED_TABLE, previous, purges: previous?.purges });
  await publishIndex({ home, repo, result, tree, names: null, local });
  const place = { local: home.store, localDir: home.dir, repo: repo.id };
  if (result.changed) await sweepFiles({ ...place, current: result.manifest, before: [previous] });
}
