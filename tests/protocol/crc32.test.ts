/** CRC-32: the known check value, and the same from the runtime's own code and from ours, at any place and length. */
import { expect, test } from "bun:test";
import { crc32, crc32InTypeScript } from "../../src/protocol/crc32.ts";

test.each([crc32, crc32InTypeScript])("gives the check value of the standard", (crc) => {
  expect(crc(new TextEncoder().encode("..123456789."), 2, 11)).toBe(0xcbf43926);
  expect(crc(new Uint8Array(), 0, 0)).toBe(0);
});

test("is the same from both, whatever the start and the length", () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 7919) ^ (i >> 3));
  for (let start = 0; start < 9; start++)
    for (let end = start; end <= bytes.length; end += 1 + (end % 7))
      expect(crc32InTypeScript(bytes, start, end)).toBe(crc32(bytes, start, end));
});
