/**
 * The ref a push or a pull leaves. Branch by branch: a head of ours that the remote's manifest has already is old news, so the
 * remote's head stays, whatever else is known; a head of ours that the remote lacks is news and wins, unless the base says that
 * it is the remote that moved. A branch only one side has is kept, unless the base says that the other side dropped its name and
 * nobody moved it since. No head is kept that the manifest has no snapshot of (S1). Pure, so that push and the plumbing script make the same ref.
 */
import { canonicalJson } from "../protocol/canonical-json.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { REF_FORMAT, type Ref } from "../protocol/ref.ts";

type Heads = Readonly<Record<string, string>>;
type Shown = Pick<Ref, "heads" | "default" | "source" | "tags">;

export interface Merge {
  readonly local: Ref;
  readonly remote: Ref | undefined;
  /** What the local ref names now; undefined: there is none, or it cannot be read. */
  readonly localManifest?: Manifest | undefined;
  /** The same of the remote's. */
  readonly remoteManifest: Manifest | undefined;
  /** The remote's ref at the last sync. */
  readonly base: Pick<Ref, "heads" | "default" | "tags"> | undefined;
  /** What the merged ref will name. */
  readonly manifest: Manifest;
  /** Who wins a branch that moved on both sides. */
  readonly prefer: "local" | "remote";
  /** Branches for which it is known who is right: one head follows the other in git's history, or the user has said so. */
  readonly decided?: ReadonlyMap<string, "local" | "remote"> | undefined;
}

/** What a ref says besides who moved it when: heads, tags, default branch, source. */
export function mergeRef(of: Merge): Shown {
  const { local, remote, base, manifest } = of;
  const heads = withoutDetached(mergeNames(of, "heads"));
  const tags = mergeNames(of, "tags");
  const names = remote === undefined ? [local.default] : defaults({ local, remote, base, prefer: of.prefer });
  const fallback = Object.keys(heads).sort()[0];
  const chosen = names.find((name) => Object.hasOwn(heads, name)) ?? fallback ?? local.default;
  // the remote's stays once it has a url: two devices that write theirs differently must not push back and forth
  const told = remote !== undefined && remote.source.url !== null ? remote.source : local.source;
  // which folder it is of never changes, and an older program does not pass it on
  const only = told.only ?? local.source.only;
  const source = { ...told, ...(only !== undefined && { only }) };
  return { heads: servable(heads, manifest), tags: servable(tags, manifest), default: chosen, source };
}

/** Both default branches, the one that counts first. Who never met the remote has no say in it. */
function defaults({
  local,
  remote,
  base,
  prefer,
}: Pick<Merge, "local" | "base" | "prefer"> & { remote: Ref }): string[] {
  const [ours, theirs, before] = [local.default, remote.default, base?.default];
  const isOurs = before !== undefined && ours !== before && (theirs === before || prefer === "local");
  return isOurs ? [ours, theirs] : [theirs, ours];
}

/** Older programs called a commit without a branch `HEAD`. Such a branch goes once there is a real one. */
function withoutDetached(heads: Heads): Heads {
  const { HEAD: _, ...named } = heads;
  return Object.keys(named).length > 0 ? named : heads;
}

function mergeNames(of: Merge, kind: "heads" | "tags"): Heads {
  const ours = servable(of.local[kind] ?? {}, of.manifest);
  const theirs = servable(of.remote?.[kind] ?? {}, of.manifest);
  const merged: Record<string, string> = {};
  for (const name of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const [mine, other] = [ours[name], theirs[name]];
    const before = of.base?.[kind]?.[name];
    const side = kind === "heads" ? of.decided?.get(name) : undefined;
    if (mine !== undefined && other !== undefined) merged[name] = commitOf(of, { side, before, mine, other });
    else if (mine !== undefined) {
      const isGone = of.remote?.[kind]?.[name] === undefined && isDropped(mine, before, of.remoteManifest);
      if (!isGone || side === "local") merged[name] = mine;
    } else if (other !== undefined) {
      const isGone = of.local[kind]?.[name] === undefined && isDropped(other, before, of.localManifest);
      if (!isGone) merged[name] = other;
    }
  }
  return merged;
}

/**
 * One side lacks a name that both had, and the other has it still where it was: dropped on purpose, as long as the commit is in
 * that side's table. Without it the table was made anew, and says nothing of names.
 */
const isDropped = (commit: string, before: string | undefined, manifest: Manifest | undefined): boolean =>
  commit === before && hasCommit(manifest, commit);

/** Branches that `before` shows and `after` does not. */
export function headsDropped(before: Heads, after: Heads): readonly DroppedHead[] {
  return Object.entries(before).flatMap(([branch, commit]) =>
    Object.hasOwn(after, branch) ? [] : [{ branch, commit }],
  );
}

/** A branch whose name is gone; its commit stays in the table. */
export interface DroppedHead {
  readonly branch: string;
  readonly commit: string;
}

function commitOf(
  { remoteManifest, prefer }: Merge,
  of: { side: "local" | "remote" | undefined; before: string | undefined; mine: string; other: string },
): string {
  const { side, before, mine, other } = of;
  if (side !== undefined) return side === "local" ? mine : other;
  if (hasCommit(remoteManifest, mine) || mine === before) return other;
  return other === before || prefer === "local" ? mine : other;
}

const hasCommit = (manifest: Manifest | undefined, commit: string): boolean =>
  manifest !== undefined && Object.hasOwn(manifest.snapshots, commit);

/** A branch that both sides have, with different heads. */
export interface HeadPair {
  readonly branch: string;
  readonly here: string;
  readonly there: string;
  /** The remote's manifest has `here` already. */
  readonly known: boolean;
}

export function differingHeads(of: Pick<Merge, "local" | "remote" | "remoteManifest">): readonly HeadPair[] {
  return Object.entries(of.local.heads).flatMap(([branch, here]) => {
    const there = of.remote?.heads[branch];
    if (there === undefined || there === here) return [];
    return [{ branch, here, there, known: hasCommit(of.remoteManifest, here) }];
  });
}

function servable(heads: Heads, manifest: Manifest): Heads {
  return Object.fromEntries(Object.entries(heads).filter(([, commit]) => Object.hasOwn(manifest.snapshots, commit)));
}

/** Do the two say the same, whoever moved them whenever? */
export function sameShown(a: Shown, b: Shown): boolean {
  const flat = ({ heads, tags, default: branch, source }: Shown) =>
    canonicalJson([heads, tags ?? {}, branch, source.name, source.url, source.only ?? null]);
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
    ...(Object.keys(of.shown.tags ?? {}).length > 0 && { tags: of.shown.tags }),
    source: of.shown.source,
    generation: (of.before?.generation ?? 0) + 1,
    device: of.device,
    pushedAt: new Date(of.now).toISOString(),
  };
}
