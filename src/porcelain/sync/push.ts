/**
 * Makes the remote's index of one repository ours: ref (one request; nothing new: done) -> what its manifest lacks -> objects
 * and snapshots, create-only -> manifest -> the ref, by compare-and-swap. Objects first, ref last (S1). Each step is
 * a function of plumbing/, so a script of plumbing commands leaves the same bytes. Nothing is ever listed.
 */
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { compareManifests } from "../../plumbing/compare-manifests.ts";
import { diffManifest } from "../../plumbing/diff-manifest.ts";
import { forEachParallel } from "../../plumbing/for-each-parallel.ts";
import { indexObjectsOf } from "../../plumbing/index-object.ts";
import { mergeRef, nextRef, sameShown } from "../../plumbing/merge-ref.ts";
import { readRef, type StoredRef } from "../../plumbing/read-ref.ts";
import { updateRef } from "../../plumbing/update-ref.ts";
import { uploadObject } from "../../plumbing/upload-object.ts";
import { writeManifest } from "../../plumbing/write-manifest.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import { pushMarkerKey } from "../../protocol/keys.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import type { Ref } from "../../protocol/ref.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { sleepFor } from "../../store/repeat.ts";
import { fetchIndex } from "./fetch-index.ts";
import { findManifest, mainCommit, countedRemote, type SyncInput } from "./sync-common.ts";
import { movedLocally } from "../../plumbing/update-ref.ts";

export interface PushInput extends SyncInput {
  /** Refuse with `remote_moved` to replace another device's unrelated index. */
  readonly noOverwrite?: boolean;
}

/** Whose unrelated index was replaced. */
export interface Replaced {
  readonly device: string;
  readonly pushedAt: string;
  readonly commit: string | null;
  readonly manifest: string;
}

export interface PushResult {
  readonly repoId: string;
  /** Objects and snapshots that were sent. */
  readonly filesUploaded: number;
  /** Those that were there already. */
  readonly filesSkipped: number;
  readonly durationMs: number;
  /** Bodies of every request, manifest and ref too. */
  readonly bytesUploaded: number;
  readonly requests: number;
  /** Head of the remote's default branch now. */
  readonly commit: string | null;
  /** sha256 of the manifest the remote's ref names now. */
  readonly manifest: string;
  readonly replaced?: Replaced | undefined;
  /** The remote had all of ours before. */
  readonly upToDate: boolean;
  /** File versions that were put on top of another device's work. */
  readonly filesRebased: number;
  /** To be given to the next push or pull. */
  readonly lastSynced?: Ref | undefined;
}

/** R2 takes one write a second to a key: coming back sooner would only be turned away. */
const PAUSE_MS = 1000;
/** With eight devices at it at once the unluckiest needs eight. */
const ATTEMPTS = 16;

/** What one push remembers from attempt to attempt. */
interface State {
  base: Ref | undefined;
  readonly sent: Set<string>;
  uploaded: number;
  rebased: number;
  /** The remote's own word on what it has turned out wrong: look at each object. */
  distrust: boolean;
}

type Outcome =
  | {
      readonly kind: "done";
      readonly ref: Ref;
      readonly objects: number;
      readonly upToDate: boolean;
      readonly replaced?: Replaced | undefined;
    }
  /** Somebody else was first, or the local index was changed on purpose: look again, at once or after a pause. */
  | { readonly kind: "again"; readonly pause: boolean };

/**
 * @throws RepobaseError `ref_not_found` without a local index; `remote_moved` with `noOverwrite`, or when others kept
 *   winning; `unsupported_format` for a remote written by a newer version; `missing_objects`, `hash_mismatch` when the
 *   local index is damaged; and what the stores throw
 */
export async function push(input: PushInput): Promise<PushResult> {
  const { repo, now, retry = {} } = input;
  const started = now();
  const { remote, counted } = countedRemote(input);
  const state: State = { base: input.lastSynced, sent: new Set(), uploaded: 0, rebased: 0, distrust: false };
  const { sleep = sleepFor, random = Math.random } = retry;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const outcome = await tryPush({ ...input, remote }, state);
    if (outcome.kind === "done") {
      const { requests, bytesSent } = counted.counts();
      return {
        repoId: repo,
        filesUploaded: state.uploaded,
        filesSkipped: outcome.objects - state.uploaded,
        durationMs: now() - started,
        bytesUploaded: bytesSent,
        requests,
        commit: mainCommit(outcome.ref),
        manifest: outcome.ref.manifest,
        ...(outcome.replaced && { replaced: outcome.replaced }),
        upToDate: outcome.upToDate,
        filesRebased: state.rebased,
        ...(state.base && { lastSynced: state.base }),
      };
    }
    if (outcome.pause) await sleep(PAUSE_MS * (1 + random() * Math.min(attempt, 4)), input.signal);
  }
  throw new RepobaseError("remote_moved", `other devices kept moving "${repo}" ${ATTEMPTS} times over`, {
    hint: "run it again",
    fields: { repo },
  });
}

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
      hint: `repobase index ${repo}`,
    });
  const send = (theirs: Manifest | undefined, replaced?: Replaced) =>
    sendIndex({ input, state, here, there, ours, theirs, replaced });
  if (there === undefined) return send(undefined);
  if (there.ref.manifest === here.ref.manifest) return send(ours);

  const theirs = await readableManifest(input, there.ref.manifest);
  const isOurOwn = there.ref.manifest === state.base?.manifest;
  const relation = theirs === undefined ? "unrelated" : compareManifests(ours, theirs);
  if (theirs === undefined || relation === "unrelated") {
    const { device, pushedAt, manifest } = there.ref;
    const replaced = isOurOwn ? undefined : { device, pushedAt, commit: mainCommit(there.ref), manifest };
    if (input.noOverwrite === true && replaced !== undefined)
      throw new RepobaseError(
        "remote_moved",
        `the cloud has another index of "${repo}", pushed by ${device} at ${pushedAt}`,
        {
          hint: "repobase pull takes it; push without --no-overwrite replaces it",
          fields: { repo, ...replaced },
        },
      );
    return send(theirs, replaced);
  }
  if (isOurOwn || relation === "ahead" || relation === "same") return send(theirs);
  if (relation === "behind") return moveHeads({ input, state, here, there, theirs });
  await takeIn({ input, state, here, there, ours, theirs });
  return { kind: "again", pause: false };
}

/** undefined: the ref names a manifest that is gone or damaged, so nobody can read that index, and ours may take its place. */
async function readableManifest(input: PushInput, sha256: string): Promise<Manifest | undefined> {
  try {
    return await findManifest({ local: input.local, remote: input.remote, repo: input.repo, sha256 });
  } catch (error) {
    if (isRepobaseError(error, "hash_mismatch", "corrupt_index")) return undefined;
    throw error;
  }
}

interface Sides {
  readonly input: PushInput;
  readonly state: State;
  readonly here: StoredRef;
  readonly there: StoredRef;
}

/** What `theirs` lacks, the manifest, the ref. */
async function sendIndex(
  of: Omit<Sides, "there"> & {
    there: StoredRef | undefined;
    ours: Manifest;
    theirs: Manifest | undefined;
    replaced?: Replaced | undefined;
  },
): Promise<Outcome> {
  const { input, state, here, there, ours, theirs, replaced } = of;
  const { remote, repo } = input;
  const objects = indexObjectsOf(ours, repo).length;
  const shown = mergeRef({ local: here.ref, remote: there?.ref, base: state.base, manifest: ours, prefer: "local" });
  const sameIndex = there?.ref.manifest === here.ref.manifest;
  if (there !== undefined && sameIndex && !state.distrust && sameShown(shown, there.ref)) {
    await adoptHeads(input, { here, shown });
    await input.local.delete(pushMarkerKey(repo));
    state.base = there.ref;
    return { kind: "done", ref: there.ref, objects, upToDate: true };
  }
  if (!sameIndex || state.distrust) {
    await uploadAll(input, { state, ours, theirs: state.distrust ? undefined : theirs });
    await writeManifest({ to: remote, repo, manifest: ours });
  }
  const ref = nextRef({
    shown,
    manifest: here.ref.manifest,
    before: there?.ref,
    device: input.device,
    now: input.now(),
  });
  let moved: StoredRef | undefined;
  try {
    moved = await updateRef({ to: remote, repo, ref, expected: there });
  } catch (error) {
    // the server looked (S1) and found less than the remote's own manifest had promised: send what it lacks, once
    if (!isRepobaseError(error, "missing_objects") || state.distrust) throw error;
    state.distrust = true;
    state.sent.clear();
    return { kind: "again", pause: false };
  }
  if (moved === undefined) return { kind: "again", pause: true };
  state.base = moved.ref;
  await adoptHeads(input, { here, shown });
  await input.local.delete(pushMarkerKey(repo));
  return { kind: "done", ref: moved.ref, objects, upToDate: false, ...(replaced && { replaced }) };
}

/** The remote's table holds all of ours: at most our branches moved. */
async function moveHeads({ input, state, here, there, theirs }: Sides & { theirs: Manifest }): Promise<Outcome> {
  const { repo } = input;
  const objects = indexObjectsOf(theirs, repo).length;
  // without a common past, what we have is taken for the past
  const base = state.base ?? here.ref;
  const shown = mergeRef({ local: here.ref, remote: there.ref, base, manifest: theirs, prefer: "local" });
  if (sameShown(shown, there.ref)) return { kind: "done", ref: there.ref, objects, upToDate: true };
  const ref = nextRef({
    shown,
    manifest: there.ref.manifest,
    before: there.ref,
    device: input.device,
    now: input.now(),
  });
  const moved = await updateRef({ to: input.remote, repo, ref, expected: there });
  if (moved === undefined) return { kind: "again", pause: true };
  return { kind: "done", ref, objects, upToDate: false };
}

/** Both sides added to one table: the remote's is fetched and ours put on top of it, here. The next attempt sends it. */
async function takeIn({
  input,
  state,
  here,
  there,
  ours,
  theirs,
}: Sides & { ours: Manifest; theirs: Manifest }): Promise<void> {
  const { local, remote, repo, onProgress, signal } = input;
  await fetchIndex({ local, remote, repo, manifest: theirs, onProgress, signal });
  // brings the Lance reader and writer in, which most pushes and pulls do without
  const { rebaseTable } = await import("./rebase-table.ts");
  const rebased = await rebaseTable({ local, localDir: input.localDir, ours, theirs });
  const shown = mergeRef({
    local: here.ref,
    remote: there.ref,
    base: state.base,
    manifest: rebased.manifest,
    prefer: "local",
  });
  const ref = nextRef({ shown, manifest: rebased.sha256, before: here.ref, device: input.device, now: input.now() });
  if ((await updateRef({ to: local, repo, ref, expected: here })) === undefined) throw movedLocally(repo);
  state.base = there.ref;
  state.rebased += rebased.filesAppended;
}

async function uploadAll(
  input: PushInput,
  { state, ours, theirs }: { state: State; ours: Manifest; theirs: Manifest | undefined },
): Promise<void> {
  const { local, remote, repo, signal } = input;
  const missing = diffManifest({ repo, ours, theirs }).missing.filter((f) => !state.sent.has(f.key));
  if (missing.length === 0) return;
  const probe = state.distrust || (await markInterrupted(local, repo));
  let done = 0;
  await forEachParallel({
    items: missing,
    signal,
    bytesOf: (object) => object.size ?? 0,
    work: async (object) => {
      if ((await uploadObject({ from: local, to: remote, object, probe })).sent) state.uploaded++;
      state.sent.add(object.key);
      input.onProgress?.({ label: "sending", done: ++done, total: missing.length, unit: "objects" });
    },
  });
}

/**
 * Leaves a mark that is taken away when the push is through. Finding one means that an earlier push was cut off, and only
 * then is it worth a request to ask whether an object is there before its body is sent.
 */
async function markInterrupted(local: ObjectStore, repo: string): Promise<boolean> {
  const mark = new TextEncoder().encode("{}");
  return (await local.put(pushMarkerKey(repo), mark, { onlyIf: { absent: true } })) === undefined;
}

/** Branches that other devices moved and our own manifest can serve are ours now too. */
async function adoptHeads(
  { local, repo, device, now }: PushInput,
  { here, shown }: { here: StoredRef; shown: Pick<Ref, "heads" | "default" | "source"> },
): Promise<void> {
  if (sameShown(shown, here.ref)) return;
  const ref = nextRef({ shown, manifest: here.ref.manifest, before: here.ref, device, now: now() });
  if ((await updateRef({ to: local, repo, ref, expected: here })) === undefined) throw movedLocally(repo);
}
