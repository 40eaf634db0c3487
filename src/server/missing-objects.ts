/** Which of the things a manifest names does a bucket not have? Planned from two manifests, then asked in as few requests as it takes. */
import { objectKey, snapshotKey, tablePrefix, tableSnapshotPrefix } from "../protocol/keys.ts";
import type { HistoryPage } from "../protocol/history.ts";
import type { Manifest } from "../protocol/manifest.ts";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";
import { mapBounded } from "../store/map-bounded.ts";
import { storedSha256 } from "./store-once.ts";

export interface Check {
  readonly key: string;
  /** Bytes; undefined: any (a snapshot's size is nowhere written). */
  readonly size?: number;
  readonly sha256: string;
}

export interface CheckPlan {
  readonly checks: readonly Check[];
  /** Listing these finds every key of `checks`. */
  readonly prefixes: readonly string[];
}

/**
 * Above so many objects a listing is cheaper: R2 takes 4.50 $ per million for a list of up to 1,000 and 0.36 $ for a head,
 * and a Worker on the free plan may make 1,000 requests to R2 for one of its own.
 */
const LIST_ABOVE = 12;
/**
 * Everything `manifest` names and `before`, the manifest of the ref that is replaced, did not.
 * @param of.manifest, of.before as they are stored
 * @param of.pages of the manifest, those that `before` does not have
 */
export function planChecks(of: {
  repo: string;
  manifest: Manifest;
  pages: readonly HistoryPage[];
  before: Manifest | undefined;
}): CheckPlan {
  const { repo, manifest, before } = of;
  const known = new Map(before?.objects.map((object) => [object.path, object]));
  const objects = manifest.objects.filter(({ path, size, sha256 }) => {
    const old = known.get(path);
    return old?.size !== size || old.sha256 !== sha256;
  });
  const sameTable = before?.tableId === manifest.tableId ? new Set(Object.values(before.snapshots)) : new Set<string>();
  const inPages = of.pages.flatMap(({ commits }) => commits.map(({ snapshot }) => snapshot));
  const named = new Set([...Object.values(manifest.snapshots), ...inPages]);
  const snapshots = [...named].filter((sha256) => !sameTable.has(sha256));
  return {
    checks: [
      ...snapshots.map((sha256) => ({ key: snapshotKey(repo, manifest.tableId, sha256), sha256 })),
      ...objects.map(({ path, size, sha256 }) => ({ key: objectKey(repo, path), size, sha256 })),
    ],
    prefixes: [tableSnapshotPrefix(repo, manifest.tableId), tablePrefix(repo, manifest.table.name)],
  };
}

/** The keys that are absent, or hold other bytes than they should. */
export async function findMissing(store: ObjectStore, { checks, prefixes }: CheckPlan): Promise<string[]> {
  const listed = checks.length > LIST_ABOVE ? await listAll(store, prefixes) : undefined;
  const held = await mapBounded(checks, (check) => holds(store, check, listed));
  return checks.filter((_, i) => !held[i]).map(({ key }) => key);
}

async function holds(
  store: ObjectStore,
  check: Check,
  listed: ReadonlyMap<string, ObjectInfo> | undefined,
): Promise<boolean> {
  const info = listed ? listed.get(check.key) : await store.head(check.key);
  if (!info || (check.size !== undefined && info.size !== check.size)) return false;
  return (await storedSha256(store, info)) === check.sha256;
}

async function listAll(store: ObjectStore, prefixes: readonly string[]): Promise<ReadonlyMap<string, ObjectInfo>> {
  const found = new Map<string, ObjectInfo>();
  for (const prefix of prefixes) for await (const info of store.list(prefix)) found.set(info.key, info);
  return found;
}
