/**
 * Pure reader and writer of a pack's index, version 2 (https://git-scm.com/docs/pack-format). All numbers big-endian:
 *
 *   magic ff 74 4f 63 | version u32 = 2 | fanout 256 x u32: how many ids have a first byte <= i
 *   ids n x 20 bytes, sorted | crc32 n x u32 | offsets n x u32; top bit set: index into
 *   64-bit offsets m x u64 | sha1 of the pack | sha1 of all before
 */
import { RepobaseError } from "../../protocol/errors.ts";

const FANOUT = 8;
const IDS = FANOUT + 256 * 4;

export class PackIndex {
  /** Objects in the pack. */
  readonly count: number;

  private constructor(private readonly bytes: Buffer) {
    this.count = bytes.readUInt32BE(FANOUT + 255 * 4);
  }

  /** @throws RepobaseError `unsupported_format` for another version, `damaged_repository` for a file that is no index or too short */
  static parse(bytes: Buffer, name: string): PackIndex {
    if (bytes.length < IDS + 40 || bytes.readUInt32BE(0) !== 0xff744f63)
      throw new RepobaseError("damaged_repository", `"${name}" is not a git pack index`);
    if (bytes.readUInt32BE(4) !== 2)
      throw new RepobaseError("unsupported_format", `"${name}" has pack index version ${bytes.readUInt32BE(4)}, not 2`);
    const index = new PackIndex(bytes);
    if (bytes.length < IDS + index.count * 28 + 40)
      throw new RepobaseError("damaged_repository", `"${name}" is shorter than its ${index.count} entries`);
    return index;
  }

  /** Where the object starts in the pack, in bytes; undefined: not in this pack. */
  offsetOf(id: Buffer): number | undefined {
    const at = this.lowerBound(id);
    if (at >= this.count || this.bytes.compare(id, 0, 20, IDS + at * 20, IDS + at * 20 + 20) !== 0) return undefined;
    const offsets = IDS + this.count * 24;
    const small = this.bytes.readUInt32BE(offsets + at * 4);
    if (small < 0x80000000) return small;
    return Number(this.bytes.readBigUInt64BE(offsets + this.count * 4 + (small - 0x80000000) * 8));
  }

  /** Ids (hex) that start with `prefix` (4 to 40 hex digits), at most `limit`. */
  idsWithPrefix(prefix: string, limit: number): string[] {
    const found: string[] = [];
    const first = Buffer.from(prefix.padEnd(40, "0"), "hex");
    for (let at = this.lowerBound(first); at < this.count && found.length < limit; at++) {
      const id = this.bytes.toString("hex", IDS + at * 20, IDS + at * 20 + 20);
      if (!id.startsWith(prefix)) break;
      found.push(id);
    }
    return found;
  }

  /** Position of the first id that is not smaller. */
  private lowerBound(id: Buffer): number {
    const first = id[0] ?? 0;
    let low = first === 0 ? 0 : this.bytes.readUInt32BE(FANOUT + (first - 1) * 4);
    let high = this.bytes.readUInt32BE(FANOUT + first * 4);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.bytes.compare(id, 0, 20, IDS + middle * 20, IDS + middle * 20 + 20) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export interface IndexedEntry {
  /** 20 bytes. */
  readonly id: Buffer;
  /** Where it starts in the pack, bytes. */
  readonly offset: number;
  /** Of its bytes in the pack, as they lie there. */
  readonly crc32: number;
}

/** The index of a pack. @param packSum the sha1 at the pack's end */
export function encodePackIndex(entries: readonly IndexedEntry[], packSum: Buffer): Buffer {
  const sorted = [...entries].sort((a, b) => a.id.compare(b.id));
  const far = sorted.filter(({ offset }) => offset >= 0x80000000).length;
  const n = sorted.length;
  const bytes = Buffer.alloc(IDS + n * 28 + far * 8 + 40);
  bytes.writeUInt32BE(0xff744f63, 0);
  bytes.writeUInt32BE(2, 4);
  const counts = new Uint32Array(256);
  const [crcs, offsets, farOffsets] = [IDS + n * 20, IDS + n * 24, IDS + n * 28];
  let farSeen = 0;
  for (const [at, { id, offset, crc32 }] of sorted.entries()) {
    const first = id[0] ?? 0;
    counts[first] = (counts[first] ?? 0) + 1;
    id.copy(bytes, IDS + at * 20);
    bytes.writeUInt32BE(crc32, crcs + at * 4);
    if (offset < 0x80000000) bytes.writeUInt32BE(offset, offsets + at * 4);
    else {
      bytes.writeUInt32BE(0x80000000 + farSeen, offsets + at * 4);
      bytes.writeBigUInt64BE(BigInt(offset), farOffsets + farSeen++ * 8);
    }
  }
  let sum = 0;
  for (const [first, count] of counts.entries()) bytes.writeUInt32BE((sum += count), FANOUT + first * 4);
  packSum.copy(bytes, bytes.length - 40);
  new Bun.CryptoHasher("sha1")
    .update(bytes.subarray(0, -20))
    .digest()
    .copy(bytes, bytes.length - 20);
  return bytes;
}
