/**
 * Commits that fell out of the cloud's index since both sides agreed (protocol/retention.ts) go here too, before the two are compared:
 * else they would pass for news of this machine, and be put on top of the cloud's table again.
 */
import { updateLocalRef } from "../../plumbing/local-ref.ts";
import { nextRef } from "../../plumbing/merge-ref.ts";
import type { StoredRef } from "../../plumbing/read-ref.ts";
import { movedLocally } from "../../plumbing/update-ref.ts";
import { writeManifest } from "../../plumbing/write-manifest.ts";
import { logOf } from "../../protocol/history.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import type { Ref } from "../../protocol/ref.ts";
import { withoutCommits } from "../indexing/retention.ts";
import { localManifest, type SyncInput } from "./sync-common.ts";

/**
 * @param of.base the cloud's ref when both sides agreed
 * @returns whether the local ref was moved. A commit that a branch or tag here names stays
 * @throws RepobaseError `busy` when another process moved the local ref
 */
export async function forgetDropped(
  { local, repo, device, now }: Pick<SyncInput, "local" | "repo" | "device" | "now">,
  of: { readonly here: StoredRef; readonly base: Ref | undefined; readonly ours: Manifest; readonly theirs: Manifest },
): Promise<boolean> {
  const { here, base, ours, theirs } = of;
  if (base === undefined || ours.tableId !== theirs.tableId) return false;
  const named = new Set([...Object.values(here.ref.heads), ...Object.values(here.ref.tags ?? {})]);
  const lacking = logOf(ours).filter(({ commit }) => !Object.hasOwn(theirs.snapshots, commit) && !named.has(commit));
  if (lacking.length === 0) return false;
  const agreed = await localManifest({ local, repo, sha256: base.manifest });
  if (agreed?.tableId !== ours.tableId) return false;
  const dropped = lacking.flatMap(({ commit }) => (Object.hasOwn(agreed.snapshots, commit) ? [commit] : []));
  if (dropped.length === 0) return false;
  const manifest = await writeManifest({ to: local, repo, manifest: withoutCommits(ours, dropped) });
  const ref = nextRef({ shown: here.ref, manifest, before: here.ref, device, now: now() });
  if ((await updateLocalRef({ to: local, repo, ref, expected: here })) === undefined) throw movedLocally(repo);
  return true;
}
