/** Blocks written by hand after the format's page: what they decode to, and what is refused. */
import { expect, test } from "bun:test";
import { decodeLz4 } from "../../../src/lance/codecs/lz4.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
/** The decoded size, then bytes and texts one after another. */
const block = (size: number, ...parts: (number | string)[]) =>
  new Uint8Array(
    Buffer.concat([
      Uint8Array.of(size & 255, size >> 8, 0, 0),
      ...parts.map((part) => (typeof part === "string" ? ascii(part) : Uint8Array.of(part))),
    ]),
  );
const decoded = (bytes: Uint8Array) => new TextDecoder().decode(decodeLz4(bytes));

test("literals alone, of 15 and more with a longer length", () => {
  expect(decoded(block(3, 0x30, "abc"))).toBe("abc");
  expect(decoded(block(15, 0xf0, 0, "abcdefghijklmno"))).toBe("abcdefghijklmno");
  expect(decoded(block(270, 0xf0, 255, 0, "x".repeat(270)))).toBe("x".repeat(270));
});

test("a match that ends before its own output, and one that overlaps it", () => {
  expect(decoded(block(13, 0x80, "abcdefgh", 8, 0, 0x10, "!"))).toBe("abcdefghabcd!");
  // 3 literals, then 9 bytes from 3 back
  expect(decoded(block(13, 0x35, "abc", 3, 0, 0x10, "x"))).toBe("abcabcabcabcx");
  expect(decoded(block(21, 0x1f, "a", 1, 0, 0, 0x10, "b"))).toBe(`${"a".repeat(20)}b`);
});

test.each([
  ["a size that the block cannot hold", block(65_535, 0x30, "abc")],
  ["more literals than there are bytes", block(9, 0x90, "abc")],
  ["a match from before the start", block(9, 0x10, "a", 2, 0, 0x10, "b")],
  ["a match at distance 0", block(6, 0x10, "a", 0, 0, 0x10, "b")],
  ["less than the size says", block(4, 0x30, "abc")],
  ["a length that never ends", block(100, 0xf0, 255, 255)],
])("refused: %s", (_what, bytes) => {
  expect(() => decodeLz4(bytes)).toThrow(expect.objectContaining({ code: "corrupt_index" }));
});
