/** Manifest, snapshot and ref: equal values have equal bytes, and what is newer or foreign is refused, never guessed. */
import { describe, expect, test } from "bun:test";
import { canonicalJson } from "../../src/protocol/canonical-json.ts";
import { checkObjectPath, checkRepoId, checkUserId, lanceVersionFile, objectKey } from "../../src/protocol/keys.ts";
import { decodeManifest, encodeManifest, type Manifest } from "../../src/protocol/manifest.ts";
import { decodeRef, encodeRef, type Ref } from "../../src/protocol/ref.ts";
import { decodeSnapshot, encodeSnapshot, makeSnapshot, visibleFileIds } from "../../src/protocol/snapshot.ts";

const manifest: Manifest = {
  format: 1,
  repo: "hono-12345678",
  tableId: "0".repeat(32),
  model: { id: "m", dim: 384 },
  chunker: "syntax-1",
  table: { name: "files.lance", version: 3, manifest: "AAAA" },
  stats: { files: 1, rows: 2, bytes: 3 },
  snapshots: { ["a".repeat(40)]: "b".repeat(64) },
  objects: [{ path: "files.lance/data/x.lance", size: 3, sha256: "c".repeat(64) }],
};
const ref: Ref = {
  format: 1,
  manifest: "d".repeat(64),
  default: "main",
  heads: { main: "a".repeat(40) },
  generation: 1,
  device: "here",
  pushedAt: "2026-01-01T00:00:00.000Z",
  source: { name: "hono", url: null },
};
const snapshot = makeSnapshot({
  repo: "hono-12345678",
  tableId: "0".repeat(32),
  commit: "a".repeat(40),
  fileIds: [5, 1, 3],
});
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

test("canonical JSON does not depend on the order of keys", () => {
  expect(canonicalJson({ b: [1, { d: 2, c: null }], a: "é", z: undefined })).toBe('{"a":"é","b":[1,{"c":null,"d":2}]}');
  expect(text(encodeManifest(manifest))).toBe(
    text(encodeManifest(Object.fromEntries(Object.entries(manifest).toReversed()) as unknown as Manifest)),
  );
});

test("what is written is read", () => {
  expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest);
  expect(decodeRef(encodeRef(ref))).toEqual(ref);
  expect(decodeSnapshot(encodeSnapshot(snapshot))).toEqual(snapshot);
  expect([...visibleFileIds(snapshot, 1000)]).toEqual([1, 3, 5]);
});

describe("refusals", () => {
  const decoders = {
    manifest: [decodeManifest, manifest],
    ref: [decodeRef, ref],
    snapshot: [decodeSnapshot, snapshot],
  } as const;
  for (const [name, [decode, value]] of Object.entries(decoders)) {
    test(`a ${name} of a newer format`, () => {
      expect(() => decode(bytes({ ...value, format: value.format + 3 }))).toThrow(
        expect.objectContaining({ code: "unsupported_format" }),
      );
    });
    test(`a ${name} that lacks any one field, or is none at all`, () => {
      for (const field of Object.keys(value)) {
        const { [field as keyof typeof value]: _gone, ...rest } = value;
        expect(() => decode(bytes(rest))).toThrow(expect.objectContaining({ code: "corrupt_index" }));
      }
      for (const junk of ["", "{", "null", "[]", "3", '"x"'])
        expect(() => decode(new TextEncoder().encode(junk))).toThrow(
          expect.objectContaining({ code: "corrupt_index" }),
        );
    });
  }
});

describe("keys", () => {
  test("names that climb, hide or break out are refused", () => {
    const segments = ["..", ".", "", ".hidden", "a..b", "a/b", "a\\b", "a%2eb", "a b", "a\0b", "é", "x".repeat(200)];
    for (const bad of segments) {
      for (const path of [`files.lance/${bad}`, `${bad}/data`, `files.lance/data/${bad}/x`])
        if (!(bad === "a/b")) expect(() => checkObjectPath(path)).toThrow(expect.objectContaining({ code: "usage" }));
      expect(() => checkRepoId(bad)).toThrow(expect.objectContaining({ code: "usage" }));
      expect(() => checkUserId(bad)).toThrow(expect.objectContaining({ code: "usage" }));
    }
    expect(() => checkObjectPath("alone")).toThrow();
    expect(objectKey("hono-12345678", "files.lance/data/0101.lance")).toBe(
      "index/hono-12345678/files.lance/data/0101.lance",
    );
  });

  test("Lance's version names: the newest sorts first", () => {
    expect(lanceVersionFile(1)).toBe("_versions/18446744073709551614.manifest");
    expect(lanceVersionFile(2) < lanceVersionFile(1)).toBe(true);
  });
});
