/**
 * Moves a repository's ref, keeping promise S1: what the new ref names is there, whole, before the ref names it. Then the
 * compare-and-swap; then the table's `_versions/` follows (versions.ts). A client that lost the answer sends the same bytes
 * again and is told yes; that also repairs `_versions/` after a crash between the two.
 */
import { sameBytes } from "../bytes/same-bytes.ts";
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import { isCommit } from "../protocol/ids.ts";
import { manifestKey, refKey } from "../protocol/keys.ts";
import { type HistoryPage, readPages } from "../protocol/history.ts";
import { decodeManifest } from "../protocol/manifest.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { joinPurges, samePurges } from "../protocol/purges.ts";
import { decodeRef } from "../protocol/ref.ts";
import type { Ref } from "../protocol/ref.ts";
import type { ObjectInfo, PutOptions } from "../store/object-store.ts";
import { untilGone } from "./bucket.ts";
import type { Bucket } from "./bucket.ts";
import { findMissing, planChecks } from "./missing-objects.ts";
import { pageReader, readWhole } from "../search/find-commit.ts";
import { readManifest, readCurrentRef } from "../search/current-ref.ts";
import type { CurrentRef } from "../search/current-ref.ts";
import { bytesNamedBy, type RepoUsage } from "./account.ts";
import { countFiles } from "../search/count-files.ts";
import type { UsageMeter } from "./usage-meter.ts";
import type { Finish } from "./finish.ts";
import { refuseWhileSwept } from "./sweep.ts";
import { alignVersions } from "./versions.ts";

/** How many of the missing things an answer names. */
const NAMED = 20;
const MAX_BRANCH = 255;
const MAX_TEXT = 2000;

/** The field `reason` of the refusal of an index that does not know what was purged. */
export const FORGOTTEN_PURGES = "purges";

export interface MoveRef {
  readonly home: Bucket;
  readonly repo: string;
  /** The new ref, as sent. */
  readonly bytes: Uint8Array;
  readonly onlyIf: NonNullable<PutOptions["onlyIf"]>;
  readonly userId: string;
  readonly usage: UsageMeter;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Of the request: it ends the checks, not the move that follows them. */
  readonly signal: AbortSignal;
  /** Sees to it that work goes on when the client has gone; gives what the work gives. */
  readonly finish: Finish;
  /** The ref has moved, whatever becomes of the work that follows. Called once, with the refs before and after. */
  readonly onMoved: (before: Ref | undefined, after: Ref) => void;
}

/**
 * @throws RepobaseError `usage` for a ref that is none, `remote_moved` when the condition does not hold, `missing_objects`
 *   when something the ref names is not there, `quota_exceeded`, `transient` when the ref moved but `_versions/` could not follow: send it again
 */
export async function moveRef(move: MoveRef): Promise<ObjectInfo> {
  const { home, repo, bytes, onlyIf, userId, usage } = move;
  const ref = readNewRef(bytes);
  const { current, damaged } = await readCurrentOrDamage(home, repo);
  if (current && sameBytes(current.stored.bytes, bytes)) {
    await move.finish(alignVersions(home, repo, undefined));
    return current.stored;
  }
  if (damaged === undefined) refuseWhenMoved(current, onlyIf, repo);
  if (ref.generation <= (current?.ref.generation ?? 0))
    throw new RepobaseError("usage", `generation ${ref.generation} does not follow ${current?.ref.generation ?? 0}`);
  await refuseWhileSwept(home, repo, move.now);
  const before = current && (await readManifestIfWhole(home, repo, current.ref.manifest));
  const reader = untilGone(home, move.signal);
  const manifest = await requireEverything({ home: reader, repo, ref, before });
  refuseForgottenPurges(repo, before, manifest);
  const { fileCount: files } = await countFiles(reader, { repo, ref, manifest });
  await usage.admitFiles(userId, { repo, files });
  const refs = { before: current?.ref, after: ref };
  return move.finish(carryOut(move, { ...refs, manifest: before, usage: { files, bytes: bytesNamedBy(manifest) } }));
}

async function carryOut(
  { home, repo, bytes, onlyIf, userId, usage, onMoved }: MoveRef,
  of: {
    readonly before: Ref | undefined;
    readonly after: Ref;
    readonly manifest: Manifest | undefined;
    readonly usage: RepoUsage;
  },
): Promise<ObjectInfo> {
  const stored = await home.put(refKey(repo), bytes, { onlyIf });
  if (!stored) throw moved(repo, (await readCurrentOrDamage(home, repo)).current);
  onMoved(of.before, of.after);
  await alignVersions(home, repo, of.manifest?.table.name);
  await usage.moved(userId, repo, of.usage);
  return stored;
}

/** A ref that is damaged orders nothing: whoever knows its etag may put a whole one in its place. */
async function readCurrentOrDamage(
  home: Bucket,
  repo: string,
): Promise<{ current?: CurrentRef | undefined; damaged?: RepobaseError }> {
  try {
    return { current: await readCurrentRef(home, repo) };
  } catch (error) {
    if (!isRepobaseError(error, "corrupt_index")) throw error;
    return { damaged: error };
  }
}

/** A manifest lost or damaged by some accident vouches for nothing, but must not stop the push that would repair it. */
async function readManifestIfWhole(home: Bucket, repo: string, sha256: string): Promise<Manifest | undefined> {
  try {
    return await readManifest(home, { repo, sha256 });
  } catch (error) {
    if (isRepobaseError(error, "corrupt_index")) return undefined;
    throw error;
  }
}

function readNewRef(bytes: Uint8Array): Ref {
  let ref: Ref;
  try {
    ref = decodeRef(bytes);
  } catch (cause) {
    if (cause instanceof RepobaseError && cause.code === "unsupported_format") throw cause;
    throw new RepobaseError("usage", cause instanceof Error ? cause.message : "the body is no ref", { cause });
  }
  const heads = [...Object.entries(ref.heads), ...Object.entries(ref.tags ?? {})];
  const odd = heads.find(([branch, commit]) => branch === "" || branch.length > MAX_BRANCH || !isCommit(commit));
  if (odd) throw new RepobaseError("usage", `the head or tag ${JSON.stringify(odd[0].slice(0, 100))} names no commit`);
  if (!Object.hasOwn(ref.heads, ref.default))
    throw new RepobaseError("usage", `the default branch "${ref.default}" has no head`);
  const { name, url } = ref.source;
  const plain = name.length <= MAX_TEXT && (url === null || (typeof url === "string" && url.length <= MAX_TEXT));
  if (!plain || ref.device.length > MAX_TEXT || Number.isNaN(Date.parse(ref.pushedAt)))
    throw new RepobaseError("usage", "the ref's source, device or pushedAt is not in order");
  return ref;
}

function refuseWhenMoved(current: CurrentRef | undefined, onlyIf: MoveRef["onlyIf"], repo: string): void {
  const holds = "absent" in onlyIf ? !current : current?.stored.etag === onlyIf.etag;
  if (!holds) throw moved(repo, current);
}

/** Says where the ref is now, so that a loser knows whom it lost to without another request. */
function moved(repo: string, current: CurrentRef | undefined): RepobaseError {
  if (!current) return new RepobaseError("remote_moved", `the ref of ${repo} is gone`, { fields: { repo } });
  const { generation, device, pushedAt, manifest } = current.ref;
  return new RepobaseError("remote_moved", `the ref of ${repo} was moved meanwhile, to generation ${generation}`, {
    hint: "pull, then push again",
    fields: { repo, etag: current.stored.etag, generation, device, pushedAt, manifest },
  });
}

/** S1. What the ref before already named was checked then, and is protected from deletion since. */
async function requireEverything(of: {
  home: Bucket;
  repo: string;
  ref: Ref;
  before: Manifest | undefined;
}): Promise<Manifest> {
  const { home, repo, ref } = of;
  const key = manifestKey(repo, ref.manifest);
  const stored = await home.get(key);
  if (!stored || (await sha256Hex(stored.bytes)) !== ref.manifest) throw missing(repo, [key]);
  const manifest = decodeManifest(stored.bytes, key);
  const pages = await newPages(of, manifest);
  const shown = new Set([
    ...Object.keys(manifest.snapshots),
    ...pages.flatMap(({ commits }) => commits.map((c) => c.commit)),
  ]);
  let unknown = commitsNamedBy(ref).filter((commit) => !shown.has(commit));
  // in a page that the ref before had already
  if (unknown.length > 0 && manifest.history) {
    const { snapshots } = await readWhole({ store: home, repo, manifest });
    unknown = unknown.filter((commit) => !Object.hasOwn(snapshots, commit));
  }
  if (unknown.length > 0)
    throw missing(
      repo,
      unknown.map((commit) => `snapshot of ${commit}`),
    );
  const absent = await findMissing(home, planChecks({ repo, manifest, pages, before: of.before }));
  if (absent.length > 0) throw missing(repo, absent);
  return manifest;
}

const commitsNamedBy = ({ heads, tags = {} }: Ref): string[] => [...Object.values(heads), ...Object.values(tags)];

/** The pages of the history that the ref before did not have. @throws RepobaseError `missing_objects` */
async function newPages(
  { home, repo, before }: { home: Bucket; repo: string; before: Manifest | undefined },
  manifest: Manifest,
): Promise<readonly HistoryPage[]> {
  const known = before?.tableId === manifest.tableId ? before.history?.sha256 : undefined;
  try {
    return await readPages(manifest, pageReader({ store: home, repo, manifest }), known);
  } catch (error) {
    if (!isRepobaseError(error, "corrupt_index")) throw error;
    throw missing(repo, [String(error.fields.key ?? error.fields.page)]);
  }
}

/** What was purged stays purged, also when the client is of a time, or a mind, that knows no purges. */
function refuseForgottenPurges(repo: string, before: Manifest | undefined, after: Manifest): void {
  if (samePurges(after.purges, joinPurges(before?.purges, after.purges))) return;
  throw new RepobaseError("remote_moved", `the index of ${repo} that was sent does not know what was purged from it`, {
    hint: "pull, then push again; a program that does not know purges must be updated",
    fields: { repo, reason: FORGOTTEN_PURGES },
  });
}

function missing(repo: string, names: readonly string[]): RepobaseError {
  return new RepobaseError(
    "missing_objects",
    `${names.length} things that the ref of ${repo} names are not there, or are not what it says`,
    {
      hint: "upload them, then move the ref again",
      fields: { repo, count: names.length, missing: names.slice(0, NAMED) },
    },
  );
}
