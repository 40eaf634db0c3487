/**
 * The steps of a push that write to the remote: what it lacks, create-only; the manifest; the ref, by compare-and-swap, with the
 * branches of both sides. Objects first, ref last (S1).
 */
import { diffManifest } from "../../plumbing/diff-manifest.ts";
import { forEachParallel } from "../../plumbing/for-each-parallel.ts";
import { indexObjectsOf } from "../../plumbing/index-object.ts";
import { sameRef, syncedAt, syncedIn, updateLocalRef } from "../../plumbing/local-ref.ts";
import { differingHeads, headsDropped, mergeRef, nextRef, sameShown } from "../../plumbing/merge-ref.ts";
import type { StoredRef } from "../../plumbing/read-ref.ts";
import { movedLocally, updateRef } from "../../plumbing/update-ref.ts";
import { uploadObject } from "../../plumbing/upload-object.ts";
import { writeManifest } from "../../plumbing/write-manifest.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { parseKey, pushMarkerKey } from "../../protocol/keys.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import { knowsPurges } from "../../protocol/purges.ts";
import type { Ref } from "../../protocol/ref.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { askForSweep } from "./sweep-home.ts";
import { decideHeads } from "./decide-heads.ts";
import { stepper } from "./sync-common.ts";
import type { Outcome, PushInput, Readable, Replaced, Sides, State } from "./push-contract.ts";

/** What `theirs` lacks, the manifest, the ref. */
export async function sendIndex(sides: Sides & { replaced?: Replaced | undefined }): Promise<Outcome> {
  const { input, state, here, there, ours, theirs, replaced } = sides;
  const { remote, repo } = input;
  const objects = indexObjectsOf(ours, repo).length;
  const { shown, mine, ...heads } = await mergedRefs(sides, ours);
  const done = { kind: "done", objects, named: ours, ...heads } as const;
  const sameIndex = there?.ref.manifest === here.ref.manifest;
  if (there !== undefined && sameIndex && !state.distrust && sameShown(shown, there.ref)) {
    await settle(input, { here, mine, there: there.ref });
    return { ...done, ref: there.ref, upToDate: true };
  }
  // asked before anything is sent: the end of a push must not hang on it
  await input.spaceId();
  if (!sameIndex || state.distrust) {
    await uploadAll(input, { state, ours, theirs: state.distrust ? undefined : theirs });
    await writeManifest({ to: remote, repo, manifest: ours, known: state.distrust ? undefined : theirs });
  }
  const ref = nextRef({
    shown,
    manifest: here.ref.manifest,
    before: there?.ref,
    device: input.device,
    now: input.now(),
  });
  // older objects in the bucket may hold what was purged here
  if (!knowsPurges(theirs?.purges, ours.purges)) await askForSweep(input, { cloud: true });
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
  await settle(input, { here, mine, there: moved.ref });
  return { ...done, ref: moved.ref, upToDate: false, ...(replaced && { replaced }) };
}

/** The remote has all of our commits: at most branches move. */
export async function moveHeads(sides: Readable): Promise<Outcome> {
  const { input, there, theirs } = sides;
  const { repo } = input;
  const { shown, mine: _, ...heads } = await mergedRefs(sides, theirs);
  const objects = indexObjectsOf(theirs, repo).length;
  const done = { kind: "done", objects, named: theirs, ...heads } as const;
  if (sameShown(shown, there.ref)) return { ...done, ref: there.ref, upToDate: true };
  const ref = nextRef({
    shown,
    manifest: there.ref.manifest,
    before: there.ref,
    device: input.device,
    now: input.now(),
  });
  const moved = await updateRef({ to: input.remote, repo, ref, expected: there });
  return moved === undefined ? { kind: "again", pause: true } : { ...done, ref, upToDate: false };
}

/**
 * The ref both sides give, and what is to be told of branches that differ.
 * @param manifest what that ref will name
 * @returns `mine`: the same for this home, where a branch that was moved here on purpose stays, so that it can be asked for by force
 */
export async function mergedRefs(sides: Sides, manifest: Manifest) {
  const { input, here, there, ours, theirs, base } = sides;
  const heads = { local: here.ref, remote: there?.ref, localManifest: ours, remoteManifest: theirs, base };
  const asked = input.force && new Set([input.force.branch]);
  const decided = await decideHeads({ ...heads, compareCommits: input.compareCommits, asked });
  const shown = mergeRef({ ...heads, manifest, prefer: "local", decided });
  const pairs = differingHeads(heads);
  // only what the remote has: the base moves on, and another head would look as if it had been moved here since
  const movedHere = pairs.filter(({ branch, here: commit, there: to, known }) => {
    const isOurs = known && base !== undefined && base.heads[branch] !== commit;
    return isOurs && shown.heads[branch] === to && Object.hasOwn(manifest.snapshots, commit);
  });
  const mine = {
    ...shown,
    heads: { ...shown.heads, ...Object.fromEntries(movedHere.map(({ branch, here: commit }) => [branch, commit])) },
  };
  const wasThere = headsDropped(there?.ref.heads ?? {}, shown.heads);
  return {
    shown,
    mine,
    // what went with a table is no branch that was dropped
    headsPruned: wasThere.filter(({ commit }) => Object.hasOwn(manifest.snapshots, commit)),
    headsKept: pairs
      .filter(({ branch, there: to }) => shown.heads[branch] === to)
      .map(({ branch, here: from, there: to }) => ({ branch, from, to })),
    headsForced: pairs
      .filter(({ branch, here: to, known }) => known && asked?.has(branch) && shown.heads[branch] === to)
      .map(({ branch, here: to, there: from }) => ({ branch, from, to })),
  };
}

/**
 * The remote has our index and its ref is `there`: branches that other devices moved and our own manifest can serve are ours now
 * too, what both agree on is remembered, and the push is through.
 */
async function settle(
  input: PushInput,
  of: { here: StoredRef; mine: Pick<Ref, "heads" | "default" | "source">; there: Ref },
): Promise<void> {
  const { local, repo, device, now } = input;
  const { here, mine, there } = of;
  const before = syncedIn(here.ref);
  const sameBase = before !== undefined && sameRef(before.ref, there);
  if (!sameBase || !sameShown(mine, here.ref)) {
    const synced = sameBase ? before : await syncedAt(input, there);
    const ref = sameShown(mine, here.ref)
      ? here.ref
      : nextRef({ shown: mine, manifest: here.ref.manifest, before: here.ref, device, now: now() });
    if ((await updateLocalRef({ to: local, repo, ref, expected: here, synced })) === undefined)
      throw movedLocally(repo);
  }
  await local.delete(pushMarkerKey(repo));
}

async function uploadAll(
  input: PushInput,
  { state, ours, theirs }: { state: State; ours: Manifest; theirs: Manifest | undefined },
): Promise<void> {
  const { local, remote, repo, signal } = input;
  const missing = diffManifest({ repo, ours, theirs }).missing.filter((f) => !state.sent.has(f.key));
  if (missing.length === 0) return;
  const probe = state.distrust || (await markInterrupted(local, repo));
  const bytes = missing.reduce((sum, { size }) => sum + (size ?? 0), 0);
  input.trace?.(
    `the cloud lacks ${missing.length} of ${indexObjectsOf(ours, repo).length} objects, ${bytes} bytes${probe ? "; each is looked for first, since a push was interrupted" : ""}`,
  );
  const step = stepper("sending", missing, input.onProgress);
  await forEachParallel({
    items: missing,
    signal,
    bytesOf: (object) => object.size ?? 0,
    work: async (object) => {
      if ((await uploadObject({ from: local, to: remote, object, probe })).sent) state.uploaded++;
      state.sent.add(object.key);
      step(object);
    },
  });
}

/**
 * An attempt that lost to another device has sent objects that nothing names now. They are taken away: when the winner was a
 * purge, they may hold what it took out.
 */
export async function removeLeftovers(
  { remote, repo }: Pick<PushInput, "remote" | "repo">,
  { state, manifest }: { readonly state: State; readonly manifest: Manifest },
): Promise<void> {
  const named = new Set(indexObjectsOf(manifest, repo).map(({ key }) => key));
  for (const key of state.sent) {
    // a snapshot says nothing of what is in a file, and may be another push's too
    if (named.has(key) || parseKey(key)?.kind !== "object") continue;
    try {
      await remote.delete(key);
    } catch (error) {
      if (!isRepobaseError(error, "in_use")) throw error;
    }
  }
}

/**
 * Leaves a mark that is taken away when the push is through. Finding one means that an earlier push was cut off, and only
 * then is it worth a request to ask whether an object is there before its body is sent.
 */
async function markInterrupted(local: ObjectStore, repo: string): Promise<boolean> {
  const mark = new TextEncoder().encode("{}");
  return (await local.put(pushMarkerKey(repo), mark, { onlyIf: { absent: true } })) === undefined;
}
