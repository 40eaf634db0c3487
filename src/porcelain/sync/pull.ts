/**
 * Makes the local index of one repository the remote's: ref -> manifest -> what is not here yet, checked, to a temporary,
 * fsynced, renamed -> manifest -> the local ref, the one pointer that shows. Until that moves, a reader sees the old index (S2);
 * when anything is wrong with the remote's copy it never moves. No source is needed. Work that was indexed here and never
 * pushed is kept: put on top when both share a table, else nothing is replaced without `force`.
 */
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { compareManifests } from "../../plumbing/compare-manifests.ts";
import { setVersionOf } from "../../table/set-version.ts";
import { mergeRef, nextRef, sameShown } from "../../plumbing/merge-ref.ts";
import { readRef, type StoredRef } from "../../plumbing/read-ref.ts";
import { updateRef } from "../../plumbing/update-ref.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import type { Ref } from "../../protocol/ref.ts";
import { fetchIndex } from "./fetch-index.ts";
import { movedLocally } from "../../plumbing/update-ref.ts";
import { localManifest, mainCommit, countedRemote, type SyncInput } from "./sync-common.ts";

export interface PullInput extends SyncInput {
  /** Replace a local index of an unrelated table even when it holds commits the remote's does not. */
  readonly force?: boolean;
}

export interface PullResult {
  readonly repoId: string;
  /** Objects and snapshots that were fetched. */
  readonly filesDownloaded: number;
  /** Those that were here already. */
  readonly filesSkipped: number;
  /** Bodies of every answer, ref and manifest too. */
  readonly bytesDownloaded: number;
  readonly requests: number;
  /** Head of the local default branch now. */
  readonly commit: string | null;
  readonly manifest: string;
  readonly durationMs: number;
  /** Everything of the remote's was here already. */
  readonly upToDate: boolean;
  /** File versions of ours that were put on top of the remote's. */
  readonly filesRebased: number;
  /** To be given to the next push or pull. */
  readonly lastSynced: Ref;
}

/**
 * @throws RepobaseError `repo_not_found` when the remote has no such repository; `missing_objects`, `hash_mismatch`,
 *   `corrupt_index` when its copy is damaged; `unsupported_format` for one written by a newer version; `remote_moved` when a local
 *   index of an unrelated table would be lost; `busy` when the local index is changed meanwhile; and what the stores throw
 */
export async function pull(input: PullInput): Promise<PullResult> {
  const { repo, now, local } = input;
  const started = now();
  const { remote, counted } = countedRemote(input);
  const there = await readRef({ from: remote, repo });
  if (there === undefined)
    throw new RepobaseError("repo_not_found", `the cloud has no index of "${repo}"`, {
      hint: "push it from a device that has it",
      fields: { repo },
    });
  const here = await readRef({ from: local, repo });
  const taken = await take({ ...input, remote }, { here, there });
  const shown = mergeRef({
    local: here?.ref ?? there.ref,
    remote: there.ref,
    // a home that was empty, or is wholly replaced, has no say in what the branches are
    base: taken.replaces ? here?.ref : input.lastSynced,
    manifest: taken.manifest,
    prefer: taken.replaces ? "remote" : "local",
  });
  let ref = here?.ref;
  if (ref === undefined || ref.manifest !== taken.sha256 || !sameShown(ref, shown)) {
    const next = nextRef({ shown, manifest: taken.sha256, before: here?.ref, device: input.device, now: now() });
    if ((await updateRef({ to: local, repo, ref: next, expected: here })) === undefined) throw movedLocally(repo);
    ref = next;
  }
  const { requests, bytesReceived } = counted.counts();
  return {
    repoId: repo,
    filesDownloaded: taken.fetched,
    filesSkipped: taken.skipped,
    bytesDownloaded: bytesReceived,
    requests,
    commit: mainCommit(ref),
    manifest: ref.manifest,
    durationMs: now() - started,
    upToDate: taken.fetched === 0 && ref.manifest === here?.ref.manifest,
    filesRebased: taken.rebased,
    lastSynced: there.ref,
  };
}

interface Taken {
  readonly manifest: Manifest;
  readonly sha256: string;
  readonly fetched: number;
  readonly skipped: number;
  readonly rebased: number;
  /** Nothing of the local index goes on. */
  readonly replaces: boolean;
}

/** Everything but the move of the local ref. */
async function take(
  input: PullInput,
  { here, there }: { here: StoredRef | undefined; there: StoredRef },
): Promise<Taken> {
  const { local, remote, repo, onProgress, signal } = input;
  const sha256 = there.ref.manifest;
  const theirs = (await localManifest({ local, repo, sha256 })) ?? (await catManifest({ from: remote, repo, sha256 }));
  if (theirs === undefined)
    throw new RepobaseError("missing_objects", `the cloud's index of "${repo}" lost its manifest`, {
      hint: "push it again from a device that has it",
    });
  const ours = here && (await localManifest({ local, repo, sha256: here.ref.manifest }));
  const relation = ours && compareManifests(ours, theirs);
  const nothingUnpushed = here === undefined || here.ref.manifest === input.lastSynced?.manifest;

  // what is here goes on from what the remote still has, even where it dropped some of it on purpose
  const isAhead = relation === "ahead" || (relation !== "unrelated" && sha256 === input.lastSynced?.manifest);
  if (here !== undefined && ours !== undefined && isAhead && !nothingUnpushed) {
    return { manifest: ours, sha256: here.ref.manifest, fetched: 0, skipped: 0, rebased: 0, replaces: false };
  }
  if (relation === "unrelated" && here !== undefined && !nothingUnpushed) refuseLoss({ input, here, theirs, there });
  const { fetched, skipped } = await fetchIndex({ local, remote, repo, manifest: theirs, onProgress, signal });
  if (ours !== undefined && relation === "diverged" && !nothingUnpushed) {
    // brings the Lance reader and writer in, which most pushes and pulls do without
    const { rebaseTable } = await import("./rebase-table.ts");
    const rebased = await rebaseTable({ local, localDir: input.localDir, ours, theirs });
    return {
      manifest: rebased.manifest,
      sha256: rebased.sha256,
      fetched,
      skipped,
      rebased: rebased.filesAppended,
      replaces: false,
    };
  }
  if (here?.ref.manifest !== sha256) await setVersionOf(theirs, local);
  return {
    manifest: theirs,
    sha256,
    fetched,
    skipped,
    rebased: 0,
    replaces: relation === undefined || relation === "unrelated",
  };
}

/** An index can be made again from its source, but a commit whose source is gone cannot: ask first. */
function refuseLoss(of: { input: PullInput; here: StoredRef; theirs: Manifest; there: StoredRef }): void {
  const { input, here, theirs, there } = of;
  const lost = Object.entries(here.ref.heads).filter(([, commit]) => !Object.hasOwn(theirs.snapshots, commit));
  if (lost.length === 0 || input.force === true) return;
  throw new RepobaseError(
    "remote_moved",
    `the cloud's index of "${input.repo}" is another one, without ${lost.map(([branch]) => branch).join(", ")} of this machine`,
    {
      hint: "repobase pull --force takes it; repobase push replaces the cloud's",
      fields: {
        repo: input.repo,
        lost: Object.fromEntries(lost),
        device: there.ref.device,
        pushedAt: there.ref.pushedAt,
      },
    },
  );
}
