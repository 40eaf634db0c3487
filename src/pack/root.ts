/**
 * A pack's root: `u32 magic, u32 bytes of JSON, u32 length of each array, JSON, arrays`. Everything in it is checked when it is
 * opened, so what later reads place by it lies inside its part.
 */
import { array, literal } from "valibot";
import { count, decodeDocument, type DocumentType, fields, text } from "../protocol/decode.ts";
import { ByteOutput } from "./byte-output.ts";
import { corruptPack } from "./corrupt-pack.ts";
import {
  ALIGNMENT,
  ARRAY_NAMES,
  type ArrayName,
  CHECKSUM_BYTES,
  FILES_OF_BLOCK,
  GROUP_ROWS,
  PACK_FORMAT,
  PACK_MAGIC,
  ROOT_ARRAYS,
  type RootArrays,
  type RootHead,
} from "./format.ts";
import { clusterBytes } from "./clusters.ts";
import { codeBytes } from "./vector-code.ts";

export interface Root {
  readonly head: RootHead;
  readonly arrays: RootArrays;
}

const MAX_ROWS = 2 ** 28;
const MAX_DIM = 4096;

export function encodeRoot({ head, arrays }: Root): Uint8Array {
  const out = new ByteOutput();
  const json = new TextEncoder().encode(JSON.stringify(head));
  out.u32(PACK_MAGIC);
  out.u32(json.length);
  for (const name of ARRAY_NAMES) out.u32(arrays[name].length);
  out.push(json);
  for (const name of ARRAY_NAMES) {
    out.align();
    const { buffer, byteOffset, byteLength } = arrays[name];
    out.push(new Uint8Array(buffer, byteOffset, byteLength));
  }
  out.align();
  return out.take();
}

/** @param bytes of the root alone @throws RepobaseError `corrupt_index` */
export function decodeRoot(bytes: Uint8Array): Root {
  const own = bytes.byteOffset % ALIGNMENT === 0 ? bytes : bytes.slice();
  const buffer = own.buffer as ArrayBuffer;
  const start = 4 * (2 + ARRAY_NAMES.length);
  if (own.length < start) throw corruptPack("its root is too short");
  const view = new DataView(own.buffer, own.byteOffset, own.length);
  if (view.getUint32(0, true) !== PACK_MAGIC) throw corruptPack("its root has no magic number");
  let at = start + view.getUint32(4, true);
  if (at > own.length) throw corruptPack("its root's head is too long");
  const head = decodeDocument(HEAD, own.subarray(start, at));
  expect(head.rows <= MAX_ROWS && head.dim > 0 && head.dim <= MAX_DIM, "rows or dimensions");
  const made = ARRAY_NAMES.map((name, i): [ArrayName, RootArrays[ArrayName]] => {
    at = Math.ceil(at / ALIGNMENT) * ALIGNMENT;
    const length = view.getUint32(4 * (2 + i), true);
    const Numbers = ROOT_ARRAYS[name];
    if (at + length * Numbers.BYTES_PER_ELEMENT > own.length) throw corruptPack(`${name} of its root is too long`);
    const numbers = new Numbers(buffer, own.byteOffset + at, length);
    at += numbers.byteLength;
    return [name, numbers];
  });
  if (Math.ceil(at / ALIGNMENT) * ALIGNMENT !== own.length) throw corruptPack("its root goes on after its end");
  const root = { head, arrays: Object.fromEntries(made) as unknown as RootArrays };
  checkRoot(root);
  return root;
}

const part = fields({ offset: count, length: count });

const HEAD: DocumentType<RootHead> = {
  name: "root of a search pack",
  format: PACK_FORMAT,
  damaged: "corrupt_index",
  schema: fields({
    format: literal(PACK_FORMAT, "must be 1"),
    rows: count,
    tokens: count,
    dim: count,
    seed: count,
    dataFiles: array(fields({ path: text, rows: count }), "must be a list"),
    languages: array(text, "must be a list"),
    parts: fields({
      groups: part,
      blobs: part,
      clusters: part,
      buckets: part,
      long: part,
      lengths: part,
      lines: part,
      paths: part,
    }),
    crc32: fields({ blobs: count, lengths: count, lines: count, paths: count }),
  }),
};

/** All arrays agree with each other and with the parts. */
function checkRoot({ head, arrays }: Root): void {
  const { rows, dim, parts, dataFiles, languages } = head;
  const files = arrays.fileIds.length;
  const clusters = arrays.clusterRows.length;
  const longTerms = arrays.longPostings.length;
  const blocks = Math.ceil(files / FILES_OF_BLOCK);
  const groups = Math.ceil(rows / GROUP_ROWS);
  expect(dataFiles.reduce((sum, file) => sum + file.rows, 0) === rows, "rows of data files");
  expect(parts.blobs.length === 20 * files && parts.lengths.length === 2 * rows, "blobs or lengths");
  expect(arrays.fileFirst.length === files && arrays.fileTokens.length === files, "files");
  expect(arrays.fileLanguage.length === files && arrays.fileLanguage.every((at) => at < languages.length), "languages");
  expect(
    files === 0 ? rows === 0 : arrays.fileFirst[0] === 0 && ascends(arrays.fileFirst, rows - 1, true),
    "first rows",
  );
  expect(
    arrays.centreFactors.length === clusters && arrays.centreCodes.length === clusters * codeBytes(dim),
    "centres",
  );
  offsetsOf("clusterOffsets", { arrays, count: clusters, end: parts.clusters.length });
  arrays.clusterRows.forEach((inIt, at) => {
    const bytes = (arrays.clusterOffsets[at + 1] as number) - (arrays.clusterOffsets[at] as number);
    expect(bytes === clusterBytes(inIt, dim) + CHECKSUM_BYTES, "clusters");
  });
  offsetsOf("bucketOffsets", { arrays, count: arrays.bucketFirst.length, end: parts.buckets.length });
  expect(ascends(arrays.bucketFirst, 2 ** 32 - 1, true), "order of buckets");
  expect(arrays.longLow.length === longTerms && arrays.longHigh.length === longTerms, "long lists");
  expect(ascends(arrays.longLow, 2 ** 32 - 1, false), "order of long lists");
  offsetsOf("longOffsets", { arrays, count: longTerms, end: parts.long.length });
  expect(arrays.groupSizes.length === groups, "groups");
  expect(arrays.groupSizes.reduce((sum, size) => sum + size, 0) * ALIGNMENT === parts.groups.length, "group sizes");
  offsetsOf("pathBlocks", { arrays, count: blocks, end: parts.paths.length });
  offsetsOf("lineBlocks", { arrays, count: blocks, end: parts.lines.length });
}

/** `count + 1` ascending offsets, from 0 to the part's end. */
function offsetsOf(
  name: "clusterOffsets" | "bucketOffsets" | "longOffsets" | "pathBlocks" | "lineBlocks",
  { arrays, count: pieces, end }: { arrays: RootArrays; count: number; end: number },
): void {
  const offsets = arrays[name];
  const ok =
    offsets.length === pieces + 1 && offsets[0] === 0 && offsets[pieces] === end && ascends(offsets, end, false);
  expect(ok, name);
}

function ascends(numbers: Uint32Array, most: number, strictly: boolean): boolean {
  let before = -1;
  for (const number of numbers) {
    if (number > most || number < before || (strictly && number === before)) return false;
    before = number;
  }
  return true;
}

function expect(ok: boolean, what: string): void {
  if (!ok) throw corruptPack(`${what} of its root do not agree`);
}
