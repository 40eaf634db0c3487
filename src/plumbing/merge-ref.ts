/**
 * The ref a push or a pull leaves, told from three: ours, theirs, and the one both last agreed on. Branch by branch, the side
 * that moved wins; where both did, the caller says who. A branch only one side has is kept, and no head is kept that
 * the manifest has no snapshot of (S1). Pure, so that push and the plumbing script make the same ref.
 */
import type { Manifest } from "../protocol/manifest.ts";
import { REF_FORMAT, type Ref } from "../protocol/ref.ts";

type Heads = Readonly<Record<string, string>>;
type Shown = Pick<Ref, "heads" | "default" | "source">;

/** What a ref says besides who moved it when: heads, default branch, source. */
export function mergeRef(of: {
  readonly local: Ref;
  readonly remote: Ref | undefined;
  /** The remote's ref at the last sync. */
  readonly base: Pick<Ref, "heads" | "default"> | undefined;
  readonly manifest: Manifest;
  /** Who wins a branch that moved on both sides. */
  readonly prefer: "local" | "remote";
}): Shown {
  const { local, remote, base, manifest, prefer } = of;
  const heads = mergeHeads(of);
  const names =
    remote === undefined
      ? [local.default]
      : preferred({ ours: local.default, theirs: remote.default, before: base?.default, prefer });
  const fallback = Object.keys(heads).sort()[0];
  const chosen = names.find((name) => Object.hasOwn(heads, name)) ?? fallback ?? local.default;
  // the remote's stays once it has a url: two devices that write theirs differently must not push back and forth
  const source = remote !== undefined && remote.source.url !== null ? remote.source : local.source;
  return { heads: servable(heads, manifest), default: chosen, source };
}

function mergeHeads(of: Parameters<typeof mergeRef>[0]): Heads {
  const ours = servable(of.local.heads, of.manifest);
  const theirs = servable(of.remote?.heads ?? {}, of.manifest);
  const merged: Record<string, string> = {};
  for (const branch of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const before = of.base?.heads[branch];
    const commit = preferred({ ours: ours[branch], theirs: theirs[branch], before, prefer: of.prefer }).find(
      (c) => c !== undefined,
    );
    if (commit !== undefined) merged[branch] = commit;
  }
  return merged;
}

/** Both, the one that counts first. */
function preferred<T>({
  ours,
  theirs,
  before,
  prefer,
}: {
  ours: T;
  theirs: T;
  before: T | undefined;
  prefer: "local" | "remote";
}): T[] {
  const oursMoved = ours !== before;
  const theirsMoved = theirs !== before;
  const first = oursMoved === theirsMoved ? prefer : oursMoved ? "local" : "remote";
  return first === "local" ? [ours, theirs] : [theirs, ours];
}

function servable(heads: Heads, manifest: Manifest): Heads {
  return Object.fromEntries(Object.entries(heads).filter(([, commit]) => Object.hasOwn(manifest.snapshots, commit)));
}

/** Do the two say the same, whoever moved them whenever? */
export function sameShown(a: Shown, b: Shown): boolean {
  const flat = ({ heads, default: branch, source }: Shown) =>
    JSON.stringify([Object.entries(heads).sort(([x], [y]) => (x < y ? -1 : 1)), branch, source.name, source.url]);
  return flat(a) === flat(b);
}

/** The next ref after `before`. */
export function nextRef(of: {
  readonly shown: Shown;
  readonly manifest: string;
  readonly before: Ref | undefined;
  readonly device: string;
  /** ms since the epoch. */
  readonly now: number;
}): Ref {
  return {
    format: REF_FORMAT,
    manifest: of.manifest,
    default: of.shown.default,
    heads: of.shown.heads,
    source: of.shown.source,
    generation: (of.before?.generation ?? 0) + 1,
    device: of.device,
    pushedAt: new Date(of.now).toISOString(),
  };
}
