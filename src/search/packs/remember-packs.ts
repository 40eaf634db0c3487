/** The search packs of a view: opened once for the process, and what a commit sees of them once for each commit. */
import type { ByteSource } from "../../bytes/byte-source.ts";
import { coalescedDirectory } from "../../bytes/coalesce.ts";
import type { BitmapSet } from "../../protocol/bitmap-set.ts";
import { indexPrefix } from "../../protocol/keys.ts";
import { type Manifest, packsOf } from "../../protocol/manifest.ts";
import { objectDirectory } from "../../store/object-source.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { cachedAs } from "../cached-as.ts";
import type { ViewPack } from "../index-view.ts";
import type { SearchTrace } from "../search-trace.ts";
import type { ViewCache } from "../view-cache.ts";
import { openPack, type OpenPack } from "./open-pack.ts";
import { seenRows } from "./pack-rows.ts";

/** undefined: a segment has none yet. */
export async function rememberPacks(of: {
  readonly store: ObjectStore;
  readonly manifest: Manifest;
  readonly cache: ViewCache;
  readonly name: string;
  readonly prefix: string;
  readonly signal: AbortSignal | undefined;
  readonly trace: SearchTrace | undefined;
}): Promise<OpenPack[] | undefined> {
  const { store, manifest, cache, name, prefix, signal, trace } = of;
  const refs = packsOf(manifest);
  if (refs === undefined) return undefined;
  const files = coalescedDirectory(objectDirectory(store, indexPrefix(manifest.repo)), PACK_READS);
  return Promise.all(
    refs.map(async (ref) => {
      const source = cachedAs(prefix, files.open(ref.path, ref.size), cache.bytes, (ranges) => {
        if (trace) trace.cacheHits += ranges;
      });
      const open = await cache.remember(
        `pack\0${name}${ref.sha256}`,
        () => openPack(ref, source, signal),
        (each) => each.heldBytes(),
      );
      // the store is that of whoever opened it first: each search reads, and is counted, through its own
      return open.isWhole ? open : openedOver(open, source);
    }),
  );
}

const openedOver = (open: OpenPack, source: ByteSource): OpenPack => ({ ...open, source });

/** What the commit sees of each. */
export const seenPacks = (
  packs: readonly OpenPack[],
  of: {
    readonly visible: BitmapSet;
    readonly snapshot: string;
    readonly cache: ViewCache;
    readonly name: string;
  },
): Promise<ViewPack[]> =>
  Promise.all(
    packs.map(async (open): Promise<ViewPack> => {
      const seen = await of.cache.remember(
        `seen\0${of.name}${of.snapshot}\0${open.pack.path}`,
        async () => seenRows(open.pack, of.visible),
        ({ mask }) => mask?.length ?? 0,
      );
      return { ...open, seen };
    }),
  );

/** Pieces of a pack lie close: more is read for nothing than of a table's columns, and asked for less often. */
export const PACK_READS = { gap: 128 * 1024, max: 4 * 1024 * 1024 };
