/**
 * Makes the local index of one repository the remote's: ref -> manifest -> what is not here yet, checked, to a temporary,
 * fsynced, renamed -> manifest -> the local ref, the one pointer that shows. Until that moves, a reader sees the old index (S2);
 * when anything is wrong with the remote's copy it never moves. No source is needed. Work that was indexed here and never
 * pushed is kept: put on top of the remote's table; where another model or chunker made it, nothing is replaced without `force`.
 */
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { hasCommitsOf, madeAlike } from "../../plumbing/compare-manifests.ts";
import { baseFor, sameRef, syncedAt, syncedIn, updateLocalRef } from "../../plumbing/local-ref.ts";
import { type DroppedHead, headsDropped, mergeRef, nextRef, sameShown } from "../../plumbing/merge-ref.ts";
import { readRef, type StoredRef } from "../../plumbing/read-ref.ts";
import { movedLocally } from "../../plumbing/update-ref.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { hintingRemote } from "../../protocol/repair-hint.ts";
import { nameOfManifest } from "../../protocol/history.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import { joinPurges, knowsPurges } from "../../protocol/purges.ts";
import type { Ref } from "../../protocol/ref.ts";
import { setVersionOf } from "../../table/set-version.ts";
import { decideHeads } from "./decide-heads.ts";
import { forgetDropped } from "./forget-dropped.ts";
import { fetchIndex } from "./fetch-index.ts";
import { droppedHere, localManifest, mainCommit, countedRemote, relationOf, type SyncInput } from "./sync-common.ts";
import { markPurge, sweepAfterPurge } from "./sweep-home.ts";
import { takeIn } from "./take-in.ts";

export interface PullInput extends SyncInput {
  /** Take the remote's in place of a local index of another table, even when that has commits the remote's does not. */
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
  /** Branches that were deleted, by another device or in the folder, and are dropped here. */
  readonly headsPruned: readonly DroppedHead[];
  /** File versions of ours that were put on top of the remote's. */
  readonly filesRebased: number;
}

/**
 * @throws RepobaseError `repo_not_found` when the remote has no such repository; `missing_objects`, `hash_mismatch`,
 *   `corrupt_index` when its copy is damaged; `unsupported_format` for one written by a newer version; `remote_moved` when a local
 *   index of an unrelated table would be lost; `busy` when the local index is changed meanwhile; and what the stores throw
 */
export async function pull(input: PullInput): Promise<PullResult> {
  const { repo, now } = input;
  const started = now();
  const { remote, counted } = countedRemote(input);
  const there = await readRef({ from: remote, repo });
  if (there === undefined)
    throw new RepobaseError("repo_not_found", `the cloud has no index of "${repo}"`, {
      hint: "push it from a device that has it",
      fields: { repo },
    });
  const { here, base } = await sideHere({ ...input, remote }, there);
  const taken = await take({ ...input, remote }, { here, there, base });
  const ref = await showTaken(input, { here, there, base, taken });
  await sweepAfterPurge(input);
  if (ref.manifest !== here?.ref.manifest) {
    const { sweepFiles } = await import("../indexing/sweep-files.ts");
    await sweepFiles({ ...input, current: taken.manifest, before: [taken.ours, taken.theirs] });
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
    headsPruned: headsDropped(here?.ref.heads ?? {}, ref.heads),
  };
}

/** What is here, without what the cloud dropped since. */
async function sideHere(input: PullInput, there: StoredRef): Promise<Pick<Sides, "here" | "base">> {
  const { local, repo } = input;
  const here = await readRef({ from: local, repo });
  const base = here && (await baseFor({ here: here.ref, there: there.ref, spaceId: input.spaceId }));
  const isElsewhere = here !== undefined && here.ref.manifest !== there.ref.manifest && base !== undefined;
  // where all was pushed, the cloud's index simply takes the place of ours
  if (!isElsewhere || here.ref.manifest === base.manifest) return { here, base };
  const ours = await localManifest({ local, repo, sha256: here.ref.manifest });
  const theirs = ours && (await remoteManifest(input, there.ref.manifest));
  const isMoved = ours && theirs && (await forgetDropped(input, { here, base, ours, theirs }));
  return { here: isMoved ? await readRef({ from: local, repo }) : here, base };
}

interface Sides {
  readonly here: StoredRef | undefined;
  readonly there: StoredRef;
  readonly base: Ref | undefined;
}

/** Moves the local ref to what was taken, and with it what both sides agree on now. @returns what it says */
async function showTaken(input: PullInput, { here, there, base, taken }: Sides & { taken: Taken }): Promise<Ref> {
  const { local, repo } = input;
  const sides = {
    local: here?.ref ?? there.ref,
    remote: there.ref,
    localManifest: taken.ours,
    remoteManifest: taken.theirs,
    // a home that was empty, or is wholly replaced, has no say in where the branches are
    base: taken.replaces ? here && { ...here.ref, heads: commonHeads(here.ref, { there: there.ref, base }) } : base,
  };
  const decided = taken.replaces ? undefined : await decideHeads({ ...sides, compareCommits: input.compareCommits });
  const prefer = taken.replaces ? "remote" : "local";
  const shown = mergeRef({ ...sides, manifest: taken.manifest, prefer, decided });
  const isShown = here?.ref.manifest === taken.sha256 && sameShown(here.ref, shown);
  const before = syncedIn(here?.ref);
  if (here && isShown && before && sameRef(before.ref, there.ref)) return here.ref;
  const ref =
    here && isShown
      ? here.ref
      : nextRef({ shown, manifest: taken.sha256, before: here?.ref, device: input.device, now: input.now() });
  const synced = await syncedAt(input, there.ref);
  await markPurge(input, { before: [taken.ours?.purges, taken.theirs.purges], after: taken.manifest.purges });
  if ((await updateLocalRef({ to: local, repo, ref, expected: here, synced })) === undefined) throw movedLocally(repo);
  return ref;
}

/** Of a ref that is replaced: what the remote shows too, or did. A branch that was never there was not dropped there. */
function commonHeads(here: Ref, { there, base }: { there: Ref; base: Ref | undefined }): Ref["heads"] {
  const isCommon = ([branch, commit]: [string, string]) =>
    Object.hasOwn(there.heads, branch) || base?.heads[branch] === commit;
  return Object.fromEntries(Object.entries(here.heads).filter(isCommon));
}

interface Taken {
  /** What the local ref named before; undefined: nothing that can be read. */
  readonly ours: Manifest | undefined;
  readonly manifest: Manifest;
  readonly sha256: string;
  /** What the remote's ref names. */
  readonly theirs: Manifest;
  readonly fetched: number;
  readonly skipped: number;
  readonly rebased: number;
  /** Nothing of the local index goes on. */
  readonly replaces: boolean;
}

const PLANS = {
  first: "there is none here",
  replace: "it takes the place of the one here",
  keep: "the one here has all of it",
  join: "what only this machine has is put on top of it",
  follow: "it holds all that is here",
} as const;

/** Everything but the move of the local ref. */
async function take(input: PullInput, sides: Sides): Promise<Taken> {
  const { local, repo } = input;
  const { here, there } = sides;
  const sha256 = there.ref.manifest;
  const theirs = await remoteManifest(input, sha256);
  const ours = here && (await localManifest({ local, repo, sha256: here.ref.manifest }));
  const plan = here && ours ? planFor(input, { ...sides, here, ours, theirs }) : "replace";
  const replaces = plan === "replace";
  input.trace?.(`the cloud's index is of generation ${there.ref.generation}; ${PLANS[here ? plan : "first"]}`);
  const taken = { manifest: theirs, sha256, theirs, ours, rebased: 0, replaces };
  if (here && ours && plan === "keep")
    return { ...taken, manifest: ours, sha256: here.ref.manifest, fetched: 0, skipped: 0 };
  if (ours && plan === "join") {
    const joined = await takeIn({ ...input, ours, theirs });
    return { ...taken, ...joined, rebased: joined.filesAppended };
  }
  const { fetched, skipped } = await fetchIndex({ ...input, manifest: theirs });
  if (here?.ref.manifest !== sha256) await setVersionOf(theirs, local);
  if (knowsPurges(theirs.purges, ours?.purges)) return { ...taken, fetched, skipped };
  // what was purged here stays purged, whichever table takes the place of ours
  const { applyPurges } = await import("./apply-purges.ts");
  const purges = joinPurges(theirs.purges, ours?.purges);
  const manifest = await applyPurges({ ...input, manifest: theirs, purges });
  return { ...taken, manifest, sha256: await nameOfManifest(manifest), fetched, skipped };
}

/**
 * - `keep`: ours has all of the remote's, and more
 * - `follow`: the remote's index goes on from ours; `replace`: it takes the place of ours, which has nothing to lose
 * - `join`: each has what the other lacks
 */
function planFor(
  input: PullInput,
  of: Sides & { readonly here: StoredRef; readonly ours: Manifest; readonly theirs: Manifest },
): "keep" | "follow" | "replace" | "join" {
  const { here, base, ours, theirs } = of;
  const relation = relationOf(of);
  const nothingUnpushed = here.ref.manifest === base?.manifest;
  if (relation === "unrelated") {
    if (nothingUnpushed || hasCommitsOf(theirs, ours) || input.force === true) return "replace";
    if (madeAlike(ours, theirs)) return "join";
    refuseLoss(input, of);
    return "replace";
  }
  if (nothingUnpushed || relation === "same") return "follow";
  // what is here goes on from what the remote still has, even where it dropped some of it on purpose
  if (relation === "ahead" || droppedHere(of)) return "keep";
  return relation === "behind" ? "follow" : "join";
}

async function remoteManifest(input: PullInput, sha256: string): Promise<Manifest> {
  const { local, remote, repo } = input;
  const found =
    (await localManifest({ local, repo, sha256 })) ??
    (await hintingRemote(catManifest({ from: remote, repo, sha256, pages: local })));
  if (found !== undefined) return found;
  throw new RepobaseError("missing_objects", `the cloud's index of "${repo}" lost its manifest`, {
    hint: "push it again from a device that has it",
  });
}

/** An index can be made again from its source, but a commit whose source is gone cannot: ask first. */
function refuseLoss(
  { repo }: PullInput,
  { here, there, theirs }: { here: StoredRef; there: StoredRef; theirs: Manifest },
): void {
  const lost = Object.entries(here.ref.heads).filter(([, commit]) => !Object.hasOwn(theirs.snapshots, commit));
  if (lost.length === 0) return;
  throw new RepobaseError(
    "remote_moved",
    `the cloud's index of "${repo}" was made by another model or chunker, and is without ${lost.map(([branch]) => branch).join(", ")} of this machine`,
    {
      hint: "repobase pull --force takes it; repobase push --force replaces the cloud's",
      fields: { repo, lost: Object.fromEntries(lost), device: there.ref.device, pushedAt: there.ref.pushedAt },
    },
  );
}
