/** A search pack that a search reads: opened once, and its pieces read as they are needed. */
import type { ByteRange, ByteSource } from "../../bytes/byte-source.ts";
import { memorySource } from "../../bytes/memory-source.ts";
import type { PackRef } from "../../protocol/manifest.ts";
import { Pack } from "../../pack/pack.ts";

/** A pack of this size or less is read whole when it is opened: one read in place of several. */
const WHOLE_BYTES = 256 * 1024;

export interface OpenPack {
  readonly pack: Pack;
  /** Of the pack's object; neighbouring ranges of one call are merged. */
  readonly source: ByteSource;
  /** About, of what it keeps. */
  readonly heldBytes: () => number;
}

export interface ReadPack extends OpenPack {
  /** All of its bytes are in memory. */
  readonly isWhole: boolean;
}

/**
 * One read: the root with its tables, or all of a small pack.
 * @param source of the pack's object
 * @throws RepobaseError `corrupt_index`
 */
export async function openPack(ref: PackRef, source: ByteSource, signal?: AbortSignal): Promise<ReadPack> {
  const whole = ref.size <= WHOLE_BYTES;
  const range: ByteRange = whole
    ? { offset: 0, length: ref.size }
    : { offset: ref.tables, length: ref.size - ref.tables };
  const [bytes = new Uint8Array()] = await source.read([range], signal);
  const pack = Pack.open(ref, bytes.subarray(ref.tables - range.offset), source.key);
  return {
    pack,
    isWhole: whole,
    source: whole ? memorySource(source.key, bytes) : source,
    heldBytes: () => pack.heldBytes + (whole ? ref.size : 0),
  };
}
