/**
 * Makes the remote's index of one repository ours: ref (one request; nothing new: done) -> what its manifest lacks -> objects
 * and snapshots, create-only -> manifest -> the ref, by compare-and-swap. Objects first, ref last (S1). Each step is
 * a function of plumbing/, so a script of plumbing commands leaves the same bytes. Nothing is ever listed.
 */
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { hasCommitsOf, madeAlike } from "../../plumbing/compare-manifests.ts";
import { baseFor, syncedAt, updateLocalRef } from "../../plumbing/local-ref.ts";
import { nextRef } from "../../plumbing/merge-ref.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import { movedLocally } from "../../plumbing/update-ref.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import { joinPurges, knowsPurges } from "../../protocol/purges.ts";
import { sleepFor } from "../../store/repeat.ts";
import type { Outcome, PushInput, PushResult, Readable, Replaced, Sides, State } from "./push-contract.ts";
import { forgetDropped } from "./forget-dropped.ts";
import { mergedRefs, moveHeads, removeLeftovers, sendIndex } from "./send-index.ts";
import { countedRemote, droppedHere, mainCommit, readableManifest, relationOf } from "./sync-common.ts";
import { markPurge, sweepAfterPurge } from "./sweep-home.ts";
import { takeIn } from "./take-in.ts";

/** R2 takes one write a second to a key: coming back sooner would only be turned away. */
const PAUSE_MS = 1000;
/** With eight devices at it at once the unluckiest needs eight. */
const ATTEMPTS = 16;

/**
 * @throws RepobaseError `ref_not_found` without a local index; `remote_moved` when the cloud's index was made by another model or
 *   chunker, or when others kept winning; `unsupported_format` for a remote written by a newer version; `missing_objects`,
 *   `hash_mismatch` when the local index is damaged; and what the stores throw
 */
export async function push(input: PushInput): Promise<PushResult> {
  const { repo, now, retry = {} } = input;
  const started = now();
  const { remote, counted } = countedRemote(input);
  const state: State = { sent: new Set(), uploaded: 0, rebased: 0, distrust: false };
  const { sleep = sleepFor, random = Math.random } = retry;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const outcome = await tryPush({ ...input, remote }, state);
    if (outcome.kind === "done") {
      const filesSwept = await sweepAfterPurge(input, input.sweepCloud);
      await removeLeftovers({ ...input, remote }, { state, manifest: outcome.named });
      const { requests, bytesSent } = counted.counts();
      const { ref, objects, replaced, upToDate, headsKept, headsForced, headsPruned } = outcome;
      return {
        repoId: repo,
        filesUploaded: state.uploaded,
        filesSkipped: objects - state.uploaded,
        durationMs: now() - started,
        bytesUploaded: bytesSent,
        requests,
        commit: mainCommit(ref),
        manifest: ref.manifest,
        ...(replaced && { replaced }),
        upToDate,
        filesRebased: state.rebased,
        filesSwept,
        headsKept,
        headsForced,
        headsPruned,
        pushedAt: ref.pushedAt,
      };
    }
    if (outcome.pause) await sleep(PAUSE_MS * (1 + random() * Math.min(attempt, 4)), input.signal);
  }
  throw new RepobaseError("remote_moved", `other devices kept moving "${repo}" ${ATTEMPTS} times over`, {
    hint: "run it again",
    fields: { repo },
  });
}

/** Sends ours, unless the cloud knows of a purge that ours does not: then ours is purged first, and the next attempt sends it. */
const sendPurged = (sides: Readable & { readonly replaced?: Replaced }): Promise<Outcome> =>
  knowsPurges(sides.ours.purges, sides.theirs.purges) ? sendIndex(sides) : purgeOurs(sides);

async function tryPush(input: PushInput, state: State): Promise<Outcome> {
  const { local, remote, repo } = input;
  const here = await readRef({ from: local, repo });
  if (here === undefined)
    throw new RepobaseError("ref_not_found", `"${repo}" has no index here`, {
      hint: `make one with: repobase index ${repo}`,
      fields: { repo },
    });
  const there = await readRef({ from: remote, repo });
  const ours = await catManifest({ from: local, repo, sha256: here.ref.manifest });
  if (ours === undefined)
    throw new RepobaseError("corrupt_index", `the local index of "${repo}" lost its manifest`, {
      fields: { repo },
    });
  if (there === undefined && Object.keys(here.ref.heads).length === 0) throw noBranch(repo);
  if (there === undefined) input.trace?.("the cloud has no index of it yet");
  if (there === undefined) return sendIndex({ input, state, here, there, ours, theirs: undefined, base: undefined });
  const theirs =
    there.ref.manifest === here.ref.manifest ? ours : await readableManifest({ ...input, sha256: there.ref.manifest });
  const base = await baseFor({ here: here.ref, there: there.ref, spaceId: input.spaceId });
  const sides = { input, state, here, there, ours, theirs, base };
  if (theirs === undefined) {
    refuseUnreadable(sides);
    return sendIndex(sides);
  }
  const readable = { ...sides, theirs };
  if (!droppedHere(readable) && (await forgetDropped(input, readable))) return { kind: "again", pause: false };
  const standing = relationOf({ ...readable, fromTheirs: state.joined === there.ref.manifest });
  input.trace?.(`the index here is ${STANDINGS[standing]} the cloud's, generation ${there.ref.generation}`);
  switch (standing) {
    case "same":
    case "ahead":
      return sendPurged(readable);
    case "behind":
      return droppedHere(readable) ? sendPurged(readable) : moveHeads(readable);
    case "diverged":
      return droppedHere(readable) ? sendPurged(readable) : putOnTop(readable);
    case "unrelated":
      if (!madeAlike(ours, theirs)) return replaceOther(readable);
      return hasCommitsOf(theirs, ours) && knowsPurges(theirs.purges, ours.purges)
        ? moveHeads(readable)
        : putOnTop(readable);
  }
}

const STANDINGS = {
  same: "the same as",
  ahead: "ahead of",
  behind: "behind",
  diverged: "both ahead of and behind",
  unrelated: "unrelated to",
} as const;

/** Others must find it by a name. */
const noBranch = (repo: string) =>
  new RepobaseError("ref_not_found", `"${repo}" has no branch to push: its commit was checked out without one`, {
    hint: `name it with: repobase index ${repo} --branch <name>`,
    fields: { repo },
  });

/** An index that nobody can read may be mended by ours only where that loses no branch of it. */
function refuseUnreadable({ input, there, ours }: Sides): void {
  const lost = Object.entries(there?.ref.heads ?? {}).filter(([, commit]) => !Object.hasOwn(ours.snapshots, commit));
  if (lost.length === 0 || input.force) return;
  const names = lost.map(([branch]) => branch).join(", ");
  throw new RepobaseError(
    "missing_objects",
    `the cloud's index of "${input.repo}" lost its manifest, and ${names} with it`,
    {
      hint: "push it from the device that pushed it last; repobase push --force puts this machine's index in its place",
      fields: { repo: input.repo, lost: Object.fromEntries(lost), device: there?.ref.device },
    },
  );
}

/** Nothing of one means anything in the other. */
function replaceOther(sides: Readable): Promise<Outcome> {
  const { input, there, ours, theirs } = sides;
  const { device, pushedAt, manifest } = there.ref;
  const branches = Object.keys(there.ref.heads).filter((b) => !Object.hasOwn(ours.snapshots, there.ref.heads[b] ?? ""));
  const replaced = { device, pushedAt, commit: mainCommit(there.ref), manifest, branches };
  if (input.force) return sendPurged({ ...sides, replaced });
  const made = (m: Manifest) => `${m.model.id}, ${m.chunker}`;
  throw new RepobaseError(
    "remote_moved",
    `the cloud's index of "${input.repo}" was made by ${made(theirs)}, and this one by ${made(ours)}; device ${device} pushed it at ${pushedAt}`,
    {
      hint: `take the cloud's with: repobase pull --force ${input.repo}; or replace it for everybody with: repobase push --force ${input.repo}`,
      fields: { repo: input.repo, ...replaced },
    },
  );
}

/** Each side has what the other lacks: ours goes on top of the remote's table, here. The next attempt sends it. */
async function putOnTop(sides: Readable): Promise<Outcome> {
  const { input, state, here, there, ours, theirs } = sides;
  const { local, repo } = input;
  const synced = await syncedAt(input, there.ref);
  const rebased = await takeIn({ ...input, ours, theirs });
  await markPurge(input, { before: [ours.purges, theirs.purges], after: rebased.manifest.purges });
  const { mine } = await mergedRefs(sides, rebased.manifest);
  const ref = nextRef({
    shown: mine,
    manifest: rebased.sha256,
    before: here.ref,
    device: input.device,
    now: input.now(),
  });
  if ((await updateLocalRef({ to: local, repo, ref, expected: here, synced })) === undefined) throw movedLocally(repo);
  const { sweepFiles } = await import("../indexing/sweep-files.ts");
  await sweepFiles({ ...input, current: rebased.manifest, before: [ours, theirs] });
  state.rebased += rebased.filesAppended;
  state.joined = there.ref.manifest;
  return { kind: "again", pause: false };
}

/** What was purged from the cloud's index is not brought back by one that was made without it. */
async function purgeOurs({ input, here, ours, theirs }: Readable): Promise<Outcome> {
  const purges = joinPurges(ours.purges, theirs.purges);
  const { applyPurges, showPurged } = await import("./apply-purges.ts");
  const purged = await applyPurges({ ...input, manifest: ours, purges });
  await markPurge(input, { before: [ours.purges], after: purges });
  await showPurged(input, { here, purged });
  return { kind: "again", pause: false };
}
