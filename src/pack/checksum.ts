/**
 * The checksum at the end of each piece that a query reads alone (group, bucket, long list, cluster): a CRC-32 that knows its
 * place, so that a sound piece in another's place is found too.
 */
import { crc32 } from "../protocol/crc32.ts";
import { corruptPack } from "./corrupt-pack.ts";
import { CHECKSUM_BYTES, PARTS, type PartName } from "./format.ts";

/** @param index of the piece in its part */
export function checksumOf(bytes: Uint8Array, part: PartName, index: number): number {
  return (crc32(bytes, 0, bytes.length) ^ placeOf(part, index)) >>> 0;
}

const placeOf = (part: PartName, index: number): number =>
  Math.imul(PARTS.indexOf(part) * 0x1000_0000 + index + 1, 0x9e37_79b1);

/**
 * The piece without its checksum, a view.
 * @throws RepobaseError `corrupt_index`
 */
export function checkPiece(bytes: Uint8Array, part: PartName, index: number): Uint8Array {
  const end = bytes.length - CHECKSUM_BYTES;
  if (end < 0) throw corruptPack(`piece ${index} of ${part} is too short`);
  const piece = bytes.subarray(0, end);
  const stored = new DataView(bytes.buffer, bytes.byteOffset + end, CHECKSUM_BYTES).getUint32(0, true);
  if (stored !== checksumOf(piece, part, index)) throw corruptPack(`piece ${index} of ${part} has a wrong checksum`);
  return piece;
}
