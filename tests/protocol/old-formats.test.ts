/**
 * Documents as earlier versions of the program wrote them, one a format, in `fixtures/formats/{kind}-{format}.json`. They
 * are never edited: an index made years ago must still open. A new format adds its file.
 */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { decodeManifest, encodeManifest, MANIFEST_FORMAT } from "../../src/protocol/manifest.ts";
import { decodeRef, encodeRef, REF_FORMAT } from "../../src/protocol/ref.ts";
import { decodeSnapshot, encodeSnapshot, SNAPSHOT_FORMAT, visibleFileIds } from "../../src/protocol/snapshot.ts";

const dir = join(import.meta.dir, "../../fixtures/formats");
const read = (kind: string, format: number) => Bun.file(join(dir, `${kind}-${format}.json`)).bytes();
const formatsUpTo = (newest: number) => Array.from({ length: newest }, (_, i) => i + 1);

const decodeOld = {
  manifest: { newest: MANIFEST_FORMAT, decode: decodeManifest },
  ref: { newest: REF_FORMAT, decode: decodeRef },
  snapshot: { newest: SNAPSHOT_FORMAT, decode: decodeSnapshot },
} as const;

for (const [kind, { newest, decode }] of Object.entries(decodeOld))
  for (const format of formatsUpTo(newest))
    test(`${kind}, format ${format}, opens`, async () => {
      const bytes = await read(kind, format);
      expect(JSON.parse(new TextDecoder().decode(bytes)).format).toBe(format);
      expect(() => decode(bytes)).not.toThrow();
    });

describe("format 1", () => {
  test("says what it said", async () => {
    const [manifest, snapshot, ref] = [
      decodeManifest(await read("manifest", 1)),
      decodeSnapshot(await read("snapshot", 1)),
      decodeRef(await read("ref", 1)),
    ];
    expect(manifest.stats).toEqual({ files: 2, rows: 2, bytes: 9733 });
    expect(manifest.table.version).toBe(3);
    expect([...visibleFileIds(snapshot, 1000)]).toEqual([1, 2]);
    expect(ref.heads.main).toBe(snapshot.commit);
  });

  test("is written as it was: its names, the hashes of its bytes, still hold", async () => {
    const ref = decodeRef(await read("ref", 1));
    const manifest = decodeManifest(await read("manifest", 1));
    const snapshot = decodeSnapshot(await read("snapshot", 1));
    expect(await sha256Hex(encodeManifest(manifest))).toBe(ref.manifest);
    expect(await sha256Hex(encodeSnapshot(snapshot))).toBe(manifest.snapshots[snapshot.commit] ?? "");
    // since then it says its own crc32
    expect(decodeRef(encodeRef(ref))).toEqual(ref);
  });
});
