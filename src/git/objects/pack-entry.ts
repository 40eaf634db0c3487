/**
 * Pure parts of git's pack format (https://git-scm.com/docs/pack-format): the head of an entry, and how a delta is applied.
 *
 *   entry  = type (3 bits) and size (varint, 4 bits then 7 a byte), then for deltas where the base is, then zlib data
 *   types  = 1 commit, 2 tree, 3 blob, 4 tag, 6 delta on an entry at a smaller offset, 7 delta on an object id
 *   delta  = size of base (varint), size of result (varint), then instructions:
 *            1xxxxxxx copy: bits say which offset (4) and size (3) bytes follow; size 0 means 64 KiB
 *            0xxxxxxx insert the next x bytes
 */
import { RepobaseError } from "../../protocol/errors.ts";

export type ObjectType = "commit" | "tree" | "blob" | "tag";

export interface PackEntry {
  /** Bytes before the zlib data. */
  readonly headLength: number;
  /** Bytes of the data once inflated (of the delta itself, where it is one). */
  readonly size: number;
  readonly kind:
    | { readonly object: ObjectType }
    | { readonly baseDistance: number /* bytes back from this entry's start */ }
    | { readonly baseId: string };
}

const OBJECT_TYPES: Readonly<Record<number, ObjectType>> = { 1: "commit", 2: "tree", 3: "blob", 4: "tag" };

/** @throws RepobaseError `damaged_repository` for a type that packs do not have, or when the bytes end too early */
export function parsePackEntry(bytes: Buffer): PackEntry {
  let at = 0;
  const next = (): number => {
    const byte = bytes[at++];
    if (byte === undefined) throw new RepobaseError("damaged_repository", "a pack ends within an entry");
    return byte;
  };
  let byte = next();
  const type = (byte >> 4) & 7;
  // Multiplied, not shifted: sizes go beyond 32 bits.
  let size = byte & 15;
  for (let scale = 16; byte & 0x80; scale *= 128) {
    byte = next();
    size += (byte & 0x7f) * scale;
  }
  if (type === 6) {
    byte = next();
    let baseDistance = byte & 0x7f;
    while (byte & 0x80) {
      byte = next();
      baseDistance = (baseDistance + 1) * 128 + (byte & 0x7f);
    }
    return { headLength: at, size, kind: { baseDistance } };
  }
  if (type === 7) {
    if (bytes.length < at + 20) throw new RepobaseError("damaged_repository", "a pack ends within an entry");
    return { headLength: at + 20, size, kind: { baseId: bytes.toString("hex", at, at + 20) } };
  }
  const object = OBJECT_TYPES[type];
  if (object === undefined)
    throw new RepobaseError("damaged_repository", `a pack has an entry of unknown type ${type}`);
  return { headLength: at, size, kind: { object } };
}

/** Bytes of what the delta makes. @throws RepobaseError `damaged_repository` */
export function deltaResultSize(delta: Buffer): number {
  const [, at] = readVarint(delta, 0);
  return readVarint(delta, at)[0];
}

/** 7 bits a byte, the lowest first. @returns value and where it ends */
function readVarint(bytes: Buffer, start: number): [number, number] {
  let value = 0;
  let scale = 1;
  for (let at = start; at < bytes.length && at < start + 8; scale *= 128) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 0x7f) * scale;
    if ((byte & 0x80) === 0) return [value, at];
  }
  throw damagedDelta();
}

/**
 * The caller has looked at `deltaResultSize`: so much is made.
 * @throws RepobaseError `damaged_repository` when the delta was not made for this base, or is damaged
 */
export function applyDelta(base: Buffer, delta: Buffer): Buffer {
  const [baseSize, afterBase] = readVarint(delta, 0);
  const [resultSize, afterSizes] = readVarint(delta, afterBase);
  if (baseSize !== base.length) throw damagedDelta();
  // more than the instructions could ever make: 16 MiB each
  if (resultSize > (delta.length - afterSizes) * 0xffffff) throw damagedDelta();
  let at = afterSizes;
  const next = (): number => delta[at++] ?? 0;
  const result = Buffer.allocUnsafe(resultSize);
  let written = 0;
  while (at < delta.length) {
    const op = next();
    if (op === 0) throw damagedDelta();
    if (op & 0x80) {
      let offset = 0;
      let size = 0;
      if (op & 0x01) offset = next();
      if (op & 0x02) offset += next() * 0x100;
      if (op & 0x04) offset += next() * 0x10000;
      if (op & 0x08) offset += next() * 0x1000000;
      if (op & 0x10) size = next();
      if (op & 0x20) size += next() * 0x100;
      if (op & 0x40) size += next() * 0x10000;
      if (size === 0) size = 0x10000;
      if (offset + size > base.length || written + size > result.length) throw damagedDelta();
      base.copy(result, written, offset, offset + size);
      written += size;
    } else {
      if (at + op > delta.length || written + op > result.length) throw damagedDelta();
      delta.copy(result, written, at, at + op);
      at += op;
      written += op;
    }
  }
  if (written !== result.length) throw damagedDelta();
  return result;
}

const damagedDelta = () => new RepobaseError("damaged_repository", "a delta in a pack does not fit its base");
