/** How the local index of one repository stands to the remote's. One request; nothing is changed. */
import { compareManifests } from "../../plumbing/compare-manifests.ts";
import { readRef, type StoredRef } from "../../plumbing/read-ref.ts";
import { sameShown } from "../../plumbing/merge-ref.ts";
import { canonicalJson } from "../../protocol/canonical-json.ts";
import type { Ref } from "../../protocol/ref.ts";
import { localManifest, mainCommit, countedRemote, type SyncInput } from "./sync-common.ts";

/**
 * `ahead`: a push would send something, `behind`: a pull would fetch something, `diverged`: both, and they would be joined;
 * `unrelated`: two tables, one would replace the other; `local`, `remote`: only that side has an index; `none`: neither.
 */
export type SyncState = "in-sync" | "ahead" | "behind" | "diverged" | "unrelated" | "local" | "remote" | "none";

export interface SyncStatus {
  readonly repoId: string;
  readonly inSync: boolean;
  readonly state: SyncState;
  readonly localCommit: string | null;
  readonly cloudCommit: string | null;
  /** ISO 8601, by whichever device. */
  readonly lastPushedAt: string | null;
  /** The device that pushed it. */
  readonly lastPushedBy: string | null;
  readonly requests: number;
}

export async function syncStatus(
  input: Pick<SyncInput, "local" | "remote" | "repo" | "lastSynced" | "retry" | "signal">,
): Promise<SyncStatus> {
  const { local, repo } = input;
  const { remote, counted } = countedRemote(input);
  const [here, there] = await Promise.all([readRef({ from: local, repo }), readRef({ from: remote, repo })]);
  const state = await stateOf(input, { here, there });
  return {
    repoId: repo,
    inSync: state === "in-sync",
    state,
    localCommit: here ? mainCommit(here.ref) : null,
    cloudCommit: there ? mainCommit(there.ref) : null,
    lastPushedAt: there?.ref.pushedAt ?? null,
    lastPushedBy: there?.ref.device ?? null,
    requests: counted.counts().requests,
  };
}

async function stateOf(
  { local, repo, lastSynced }: Pick<SyncInput, "local" | "repo" | "lastSynced">,
  { here, there }: { here: StoredRef | undefined; there: StoredRef | undefined },
): Promise<SyncState> {
  if (here === undefined) return there === undefined ? "none" : "remote";
  if (there === undefined) return "local";
  const sameIndex = here.ref.manifest === there.ref.manifest;
  if (sameIndex && sameShown(here.ref, there.ref)) return "in-sync";
  if (!moved(there.ref, lastSynced)) return "ahead";
  if (!moved(here.ref, lastSynced)) return "behind";
  if (sameIndex) return "diverged";
  // both moved: the manifests tell more, where both happen to be here; status asks the server for no more than the ref
  const ours = await localManifest({ local, repo, sha256: here.ref.manifest });
  const theirs = await localManifest({ local, repo, sha256: there.ref.manifest });
  const relation = ours && theirs && compareManifests(ours, theirs);
  return relation === undefined || relation === "same" ? "diverged" : relation;
}

function moved(ref: Ref, base: Ref | undefined): boolean {
  return base === undefined || ref.manifest !== base.manifest || canonicalJson(ref.heads) !== canonicalJson(base.heads);
}
