/** Frames of the reference implementation, which Bun carries, come back whole; others are refused. */
import { expect, test } from "bun:test";
import { decompress as decompressInTypeScript } from "fzstd";
import { decodeZstd, decodeZstdBuffer } from "../../../src/lance/codecs/zstd.ts";

/** Magic, one segment of 3 bytes, a last raw block of 3. */
const LITERAL = Uint8Array.fromHex("28b52ffd2003190000616263");

test("a frame written by hand", () => {
  expect(new TextDecoder().decode(decodeZstd(LITERAL, 3))).toBe("abc");
});

test("a buffer of Lance's: the size before the frame, or a frame that tells it; nothing stays nothing", () => {
  const sized = Uint8Array.from([3, 0, 0, 0, 0, 0, 0, 0, ...LITERAL]);
  for (const buffer of [sized, LITERAL]) expect(new TextDecoder().decode(decodeZstdBuffer(buffer))).toBe("abc");
  expect(decodeZstdBuffer(new Uint8Array())).toEqual(new Uint8Array());
});

test.each([1, 3, 9, 19])("round trip at level %d", (level) => {
  for (const text of [
    "a",
    "abc ".repeat(5000),
    Array.from({ length: 3000 }, (_, n) => `line ${(n * 7919) % 1009}\n`).join(""),
  ]) {
    const bytes = new TextEncoder().encode(text);
    const frame = Bun.zstdCompressSync(bytes, { level });
    for (const decompress of [undefined, decompressInTypeScript])
      expect(decodeZstd(frame, bytes.length, decompress)).toEqual(bytes);
  }
});

test.each([
  ["no frame", Uint8Array.of(1, 2, 3, 4, 5)],
  ["a frame cut short", LITERAL.subarray(0, 10)],
])("refused: %s", (_what, bytes) => {
  for (const decompress of [undefined, decompressInTypeScript])
    expect(() => decodeZstd(bytes, 3, decompress)).toThrow(expect.objectContaining({ code: "corrupt_index" }));
});

test("refused: another size than the one asked for", () => {
  expect(() => decodeZstd(LITERAL, 4)).toThrow(expect.objectContaining({ code: "corrupt_index" }));
});
