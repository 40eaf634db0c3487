/** How the local index of one repository stands to the remote's: the ref, and where that names what is not here, its manifest. */
import { hasCommitsOf, madeAlike } from "../../plumbing/compare-manifests.ts";
import { sameRef, syncedIn } from "../../plumbing/local-ref.ts";
import { mergeRef, sameShown } from "../../plumbing/merge-ref.ts";
import { readRef, type StoredRef } from "../../plumbing/read-ref.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import type { Ref } from "../../protocol/ref.ts";
import { filesApart } from "./files-apart.ts";
import {
  localManifest,
  mainCommit,
  countedRemote,
  readableManifest,
  relationOf,
  type SyncInput,
} from "./sync-common.ts";

/**
 * `ahead`: a push would send something, `behind`: a pull would fetch something, `diverged`: both, and they would be joined;
 * `unrelated`: made by different models or chunkers, so that one can only replace the other; `local`, `remote`: only that side has an index; `none`: neither.
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
  /** Indexed commits that only this machine, or only the cloud has; null: not known without fetching, or one side has no index. */
  readonly commitsAhead: number | null;
  readonly commitsBehind: number | null;
  /** File versions that only branches of this machine, or only those of the cloud, show; null: not known without fetching. */
  readonly filesAhead: number | null;
  readonly filesBehind: number | null;
  readonly requests: number;
}

export async function syncStatus(
  input: Pick<SyncInput, "local" | "remote" | "repo" | "retry" | "signal">,
): Promise<SyncStatus> {
  const { local, repo } = input;
  const { remote, counted } = countedRemote(input);
  const [here, there] = await Promise.all([readRef({ from: local, repo }), readRef({ from: remote, repo })]);
  const state = await stateOf({ ...input, remote }, { here, there });
  return {
    repoId: repo,
    inSync: state === "in-sync",
    state,
    localCommit: here ? mainCommit(here.ref) : null,
    cloudCommit: there ? mainCommit(there.ref) : null,
    lastPushedAt: there?.ref.pushedAt ?? null,
    lastPushedBy: there?.ref.device ?? null,
    ...(await commitsApart({ local, repo, here: here?.ref, there: there?.ref })),
    requests: counted.counts().requests,
  };
}

/** From manifests that are here: what `stateOf` fetched is not kept, and counting alone is worth no request. */
async function commitsApart(of: {
  local: SyncInput["local"];
  repo: string;
  here: Ref | undefined;
  there: Ref | undefined;
}): Promise<Pick<SyncStatus, "commitsAhead" | "commitsBehind" | "filesAhead" | "filesBehind">> {
  const { local, repo, here, there } = of;
  const ours = here && (await localManifest({ local, repo, sha256: here.manifest }));
  const theirs = there && (await localManifest({ local, repo, sha256: there.manifest }));
  const missing = (from: Manifest, to: Manifest) =>
    Object.keys(from.snapshots).filter((commit) => !Object.hasOwn(to.snapshots, commit)).length;
  if (!ours || !theirs) return { commitsAhead: null, commitsBehind: null, filesAhead: null, filesBehind: null };
  const sides = { here: { ref: here, manifest: ours }, there: { ref: there, manifest: theirs } };
  const files = await filesApart({ local, repo, ...sides });
  return { commitsAhead: missing(ours, theirs), commitsBehind: missing(theirs, ours), ...files };
}

async function stateOf(
  { local, remote, repo }: Pick<SyncInput, "local" | "remote" | "repo">,
  { here, there }: { here: StoredRef | undefined; there: StoredRef | undefined },
): Promise<SyncState> {
  if (here === undefined) return there === undefined ? "none" : "remote";
  if (there === undefined) return "local";
  if (here.ref.manifest === there.ref.manifest && sameShown(here.ref, there.ref)) return "in-sync";
  const base = syncedIn(here.ref)?.ref;
  const sameIndex = here.ref.manifest === there.ref.manifest;
  // nobody pushed since
  if (!sameIndex && base !== undefined && sameRef(base, there.ref)) return "ahead";
  const ours = await localManifest({ local, repo, sha256: here.ref.manifest });
  const theirs = await readableManifest({ local, remote, repo, sha256: there.ref.manifest });
  if (ours === undefined || theirs === undefined) return "diverged";
  const relation = relationOf({ ours, theirs, there, base });
  const isAlike = madeAlike(ours, theirs);
  if (relation === "unrelated" && !isAlike) return "unrelated";
  const isBehind = relation === "behind" || (relation === "unrelated" && hasCommitsOf(theirs, ours));
  if (relation === "same") return headsState({ here, there, ours, base });
  return isBehind || here.ref.manifest === base?.manifest ? "behind" : relation === "ahead" ? "ahead" : "diverged";
}

/** Both have the same rows and snapshots: only branches differ. */
function headsState(of: { here: StoredRef; there: StoredRef; ours: Manifest; base: Ref | undefined }): SyncState {
  const { here, there, ours, base } = of;
  const shown = mergeRef({
    local: here.ref,
    remote: there.ref,
    localManifest: ours,
    remoteManifest: ours,
    base,
    manifest: ours,
    prefer: "local",
  });
  if (sameShown(shown, there.ref)) return "behind";
  return sameShown(shown, here.ref) ? "ahead" : "diverged";
}
