import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PackRef } from "../../../src/protocol/manifest.ts";
import { checkPack } from "../../../src/pack/check-pack.ts";
import { PARTS } from "../../../src/pack/format.ts";
import { Pack } from "../../../src/pack/pack.ts";
import { isRepobaseError } from "../../../src/protocol/errors.ts";
import { nameTimesOf, nameWordsOf } from "../../../src/pack/postings.ts";
import { cosineOf, prepareQuery } from "../../../src/pack/vector-code.ts";
import { cosines } from "../../../src/search/binary-codes.ts";
import { nameWords } from "../../../src/search/terms.ts";
import { halfFloats } from "../../../src/lance/values.ts";
import { PackWriter, seedOf } from "../../../src/table/packs/pack-writer.ts";
import type { RowBlock, Utf8Column } from "../../../src/table/row-block.ts";
import { manySources } from "../../helpers/fixture-sources.ts";
import { embedder, toBlock } from "../../search/test-index.ts";

const utf8 = new TextEncoder();
const text = new TextDecoder();
const cellOf = ({ offsets, bytes }: Utf8Column, row: number) =>
  text.decode(bytes.subarray(offsets[row], offsets[row + 1]));

let folder: string;
let block: RowBlock;
let ref: PackRef;
let bytes: Uint8Array;
let pack: Pack;

/** In a folder of its own, as `pack`. */
const writePack = (blocks: readonly RowBlock[]): { ref: PackRef; file: string } | undefined => {
  const scratch = mkdtempSync(join(folder, "pack-"));
  const writer = new PackWriter({ scratch, dim: embedder.dim, seed: seedOf("0".repeat(32)) });
  let next = 7;
  for (const each of blocks) {
    writer.add(
      each,
      each.files.map(() => next++),
    );
  }
  const dataFiles = [{ path: "data/a.lance", rows: blocks.reduce((sum, { rows }) => sum + rows, 0) }];
  return writer.finish({ dataFiles, prefix: "files.lance/packs/" });
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "repobase-pack-"));
  block = await toBlock(manySources(400_000));
  const written = writePack([block]);
  if (written === undefined) throw new Error("no pack");
  ref = written.ref;
  bytes = new Uint8Array(readFileSync(written.file));
  pack = Pack.open(ref, bytes.subarray(ref.tables));
});
afterAll(() => rmSync(folder, { recursive: true }));

const rangeOf = ({ offset, length }: { offset: number; length: number }) => bytes.subarray(offset, offset + length);

test("a pack is checked in every part, and against what the manifest says of it", () => {
  checkPack(ref, bytes);
  const check = (of: PackRef, given: Uint8Array) => {
    try {
      checkPack(of, given);
    } catch (error) {
      return isRepobaseError(error) ? error.code : error;
    }
    return undefined;
  };
  for (const name of PARTS) {
    const { offset, length } = pack.root.head.parts[name];
    for (const at of [0, length >> 1, length - 1]) {
      const damaged = bytes.slice();
      damaged[offset + at] = (damaged[offset + at] ?? 0) ^ 1;
      expect([name, at, check(ref, damaged)]).toEqual([name, at, "corrupt_index"]);
    }
  }
  for (const other of [{ rows: ref.rows + 1 }, { tables: ref.tables + 8 }, { crc32: 1 }, { size: ref.size + 1 }])
    expect(check({ ...ref, ...other }, bytes)).toBe("corrupt_index");
  expect(check(ref, bytes.subarray(0, bytes.length - 8))).toBe("corrupt_index");
});

describe("a pack holds", () => {
  test("every file: its path, id, blob, language, and its rows' lines", () => {
    expect(pack.files).toBe(block.files.length);
    const blobs = pack.blobs(rangeOf(pack.root.head.parts.blobs));
    let row = 0;
    block.files.forEach((file, at) => {
      expect(pack.pathOf(at)).toBe(file.path);
      expect(pack.root.arrays.fileIds[at]).toBe(at + 7);
      expect(blobs.subarray(20 * at, 20 * at + 20).toHex()).toBe(file.blob);
      expect(pack.root.head.languages[pack.root.arrays.fileLanguage[at] ?? -1]).toBe(file.language);
      expect(pack.firstRow(at)).toBe(row);
      expect(pack.fileOf(row + file.rows - 1)).toBe(at);
      const lines = Array.from({ length: file.rows }, (_, i) => ({
        startLine: block.startLine[row + i] ?? -1,
        endLine: block.endLine[row + i] ?? -1,
      }));
      expect(pack.linesOf(at)).toEqual(lines);
      row += file.rows;
    });
  });

  test("every row as it was given, in its group", () => {
    const vectors = halfFloats({
      kind: "fixed",
      rows: block.rows,
      width: 2 * embedder.dim,
      data: new Uint8Array(block.vector.buffer),
    });
    for (let group = 0; group * 8 < block.rows; group++) {
      pack.group(group, rangeOf(pack.groupRange(group))).forEach((row, i) => {
        const doc = group * 8 + i;
        expect(text.decode(row.contents)).toBe(cellOf(block.contents, doc));
        expect(row.symbol).toBe(block.symbolNulls[doc] === 1 ? null : cellOf(block.symbol, doc));
        expect([row.startLine, row.endLine]).toEqual([block.startLine[doc] ?? -1, block.endLine[doc] ?? -1]);
        const vector = vectors.subarray(doc * embedder.dim, (doc + 1) * embedder.dim);
        expect(cosineOf(prepareQuery(vector), row.code, 0, row.factor)).toBeCloseTo(1, 1);
      });
    }
  });

  test("the postings of every term: documents, counts, and the names' words", () => {
    const expected = new Map<string, Map<number, number>>();
    for (let doc = 0; doc < block.rows; doc++) {
      const terms = cellOf(block.terms, doc).split(" ");
      expect(pack.tables?.lengths[doc]).toBe(terms.length);
      for (const term of terms) {
        const docs = expected.get(term) ?? new Map<number, number>();
        docs.set(doc, (docs.get(doc) ?? 0) + 1);
        expected.set(term, docs);
      }
    }
    let long = 0;
    for (const [term, docs] of expected) {
      const place = pack.placeOf(utf8.encode(term));
      if (place === undefined) throw new Error(`no place for ${term}`);
      if (place.part === "long") long++;
      const postings = pack.postings(utf8.encode(term), place, rangeOf(pack.placeRange(place)));
      expect([...(postings?.docs ?? [])]).toEqual([...docs.keys()]);
      expect([...(postings?.counts ?? [])]).toEqual([...docs.values()]);
      postings?.docs.forEach((doc, i) => {
        const name = block.symbolNulls[doc] === 1 ? [] : nameWords(cellOf(block.symbol, doc));
        const times = name.filter((word) => word === term).length;
        const stored = postings.names[i] ?? 0;
        expect([nameTimesOf(stored), nameWordsOf(stored)]).toEqual(times === 0 ? [0, 0] : [times, name.length]);
      });
    }
    expect(long).toBeGreaterThan(10);
    expect(expected.size - long).toBeGreaterThan(500);
  });

  test("no term that no row has", () => {
    for (const term of ["=nowhere", "zebraish", "qqq1"]) {
      const place = pack.placeOf(utf8.encode(term));
      if (place === undefined) continue;
      expect(pack.postings(utf8.encode(term), place, rangeOf(pack.placeRange(place)))).toBeUndefined();
    }
  });

  test("all rows in one cluster while they are few, near to their cosines", async () => {
    const { docs, codes, factors } = pack.cluster(0, rangeOf(pack.clusterRange(0)));
    expect([...docs]).toEqual(Array.from({ length: block.rows }, (_, doc) => doc));
    const query = await embedder.embedQuery("where is the cache emptied");
    const prepared = prepareQuery(query);
    const vectors = halfFloats({
      kind: "fixed",
      rows: block.rows,
      width: 2 * embedder.dim,
      data: new Uint8Array(block.vector.buffer),
    });
    const exact = cosines(query, vectors);
    const width = codes.length / docs.length;
    const off = exact.map((cosine, doc) =>
      Math.abs(cosine - cosineOf(prepared, codes, doc * width, factors[doc] ?? 0)),
    );
    expect(Math.max(...off)).toBeLessThan(0.06);
    expect(off.reduce((a, b) => a + b, 0) / off.length).toBeLessThan(0.01);
  });
});

test("equal rows give equal packs, however they are cut into blocks", async () => {
  const files = manySources(60_000);
  const whole = writePack([await toBlock(files)]);
  const parts = writePack([await toBlock(files.slice(0, 5)), await toBlock(files.slice(5))]);
  expect(parts?.ref).toEqual(whole?.ref);
  expect(writePack([])).toBeUndefined();
});

test("any flipped byte is found, in whatever piece it lies", () => {
  for (let at = 0; at < bytes.length; at += 1499) {
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] ?? 0) ^ 0x10;
    const read = () => {
      const opened = Pack.open(ref, flipped.subarray(ref.tables));
      const cut = ({ offset, length }: { offset: number; length: number }) => flipped.subarray(offset, offset + length);
      const { head, arrays } = opened.root;
      const isIn = ({ offset, length }: { offset: number; length: number }) => at >= offset && at < offset + length;
      if (isIn(head.parts.blobs)) opened.blobs(cut(head.parts.blobs));
      for (let group = 0; group < arrays.groupSizes.length; group++)
        if (isIn(opened.groupRange(group))) opened.group(group, cut(opened.groupRange(group)));
      if (isIn(opened.clusterRange(0))) opened.cluster(0, cut(opened.clusterRange(0)));
      const places = [
        ...Array.from(arrays.longLow, (_, index) => ({
          part: "long" as const,
          index,
          postings: arrays.longPostings[index] ?? 0,
        })),
        ...Array.from(arrays.bucketFirst, (_, index) => ({ part: "buckets" as const, index })),
      ];
      for (const place of places)
        if (isIn(opened.placeRange(place))) opened.postings(utf8.encode("cache"), place, cut(opened.placeRange(place)));
      // between the parts lie zeros that nobody reads
      const parts = Object.values(head.parts);
      if (!parts.some(isIn) && at < ref.root.offset) throw Object.assign(new Error(), { code: "corrupt_index" });
    };
    expect(read).toThrow(expect.objectContaining({ code: "corrupt_index" }));
  }
});
