/** Packs made by hand, such as no git would make: bombs, chains, lies about sizes. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { objectId } from "../../src/git/objects/blob-id.ts";
import { encodePackIndex } from "../../src/git/objects/pack-index.ts";

const TYPES = { commit: 1, tree: 2, blob: 3, tag: 4, delta: 7 } as const;

export interface MadeEntry {
  /** 40 hex digits. */
  readonly id: string;
  /** As it lies in the pack. */
  readonly bytes: Buffer;
}

/** @param of.base of a delta: the id of what it is made on. @param of.claimed a size other than the true one */
export function entry(of: {
  readonly type: keyof typeof TYPES;
  readonly content: Buffer;
  readonly id?: string;
  readonly base?: string;
  readonly deflated?: Buffer;
  readonly claimed?: number;
}): MadeEntry {
  const { type, content, base, claimed = content.length } = of;
  const id = of.id ?? objectId(type, content);
  const deflated = of.deflated ?? zlib.deflateSync(content);
  return { id, bytes: Buffer.concat([entryHead(TYPES[type], claimed), Buffer.from(base ?? "", "hex"), deflated]) };
}

/** Zeros that nobody has to hold: each MiB of them is the same thousand bytes. */
export function zeros(mib: number): MadeEntry {
  const size = mib << 20;
  const block = zlib.deflateRawSync(Buffer.alloc(1 << 20), { finishFlush: zlib.constants.Z_FULL_FLUSH });
  const end = Buffer.alloc(6);
  end.writeUInt16BE(0x0300, 0);
  end.writeUInt32BE((size % 65521) * 65536 + 1, 2); // adler32 of so many zeros
  const deflated = Buffer.concat([Buffer.from([0x78, 0x01]), ...Array.from({ length: mib }, () => block), end]);
  const hasher = new Bun.CryptoHasher("sha1").update(`blob ${size}\0`);
  const piece = Buffer.alloc(1 << 20);
  for (let i = 0; i < mib; i++) hasher.update(piece);
  return entry({ type: "blob", content: Buffer.alloc(0), id: hasher.digest("hex"), deflated, claimed: size });
}

/** A tree with these names. */
export const tree = (names: readonly (readonly [mode: string, name: string, id: string])[]): MadeEntry =>
  entry({
    type: "tree",
    content: Buffer.concat(
      names.flatMap(([mode, name, id]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")]),
    ),
  });

export const commit = (treeId: string): MadeEntry =>
  entry({
    type: "commit",
    content: Buffer.from(`tree ${treeId}\nauthor A <a@b.c> 1 +0000\ncommitter A <a@b.c> 1 +0000\n\nx\n`),
  });

/** A delta that copies the first byte of its base and inserts the rest. */
export function delta(of: {
  base: string;
  baseSize: number;
  resultSize: number;
  instructions: Buffer;
  id: string;
}): MadeEntry {
  const content = Buffer.concat([varint(of.baseSize), varint(of.resultSize), of.instructions]);
  return entry({ type: "delta", content, id: of.id, base: of.base });
}

export function pack(entries: readonly MadeEntry[]): Buffer {
  const start = Buffer.from("PACK\0\0\0\x02\0\0\0\0", "latin1");
  start.writeUInt32BE(entries.length, 8);
  const body = Buffer.concat([start, ...entries.map(({ bytes }) => bytes)]);
  return Buffer.concat([body, new Bun.CryptoHasher("sha1").update(body).digest()]);
}

/** A bare repository that holds these, with `main` at `head`. The index says of each what the entry claims to be. */
export function makeBare(gitdir: string, head: string, entries: readonly MadeEntry[]): void {
  const bytes = pack(entries);
  const sum = bytes.subarray(-20);
  const name = join(gitdir, "objects/pack", `pack-${sum.toString("hex")}`);
  mkdirSync(join(gitdir, "objects/pack"), { recursive: true });
  mkdirSync(join(gitdir, "refs/heads"), { recursive: true });
  writeFileSync(join(gitdir, "HEAD"), "ref: refs/heads/main\n");
  writeFileSync(join(gitdir, "refs/heads/main"), `${head}\n`);
  writeFileSync(join(gitdir, "config"), "[core]\n\tbare = true\n\trepositoryformatversion = 0\n");
  writeFileSync(`${name}.pack`, bytes);
  let offset = 12;
  const indexed = entries.map((each) => {
    const at = offset;
    offset += each.bytes.length;
    return { id: Buffer.from(each.id, "hex"), offset: at, crc32: zlib.crc32(each.bytes) };
  });
  writeFileSync(`${name}.idx`, encodePackIndex(indexed, sum));
}

/** Type in 3 bits, size in 4 bits and then 7 a byte. */
function entryHead(type: number, size: number): Buffer {
  const bytes: number[] = [];
  let rest = Math.floor(size / 16);
  bytes.push((type << 4) | (size % 16) | (rest > 0 ? 0x80 : 0));
  for (; rest > 0; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
  return Buffer.from(bytes);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
