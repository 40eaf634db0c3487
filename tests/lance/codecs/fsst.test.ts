/** A symbol table written by hand: codes, escapes, and what is refused. */
import { expect, test } from "bun:test";
import { FsstTable } from "../../../src/lance/codecs/fsst.ts";

/** Lance's layout: number of symbols, a flag in byte 3, "TSSF", eight bytes a symbol, lengths. */
function table(symbols: readonly string[], { coded = true, magic = "TSSF" } = {}): Uint8Array {
  const bytes = new Uint8Array(2312);
  const put = (text: string, at: number) => bytes.set(new TextEncoder().encode(text), at);
  bytes[0] = symbols.length;
  bytes[3] = coded ? 1 : 0;
  put(magic, 4);
  symbols.forEach((symbol, code) => {
    put(symbol, 8 + 8 * code);
    bytes[8 + 8 * symbols.length + code] = symbol.length;
  });
  return bytes;
}

const SYMBOLS = ["t", "he", "function", " re"];
const decode = (...items: number[][]) =>
  new FsstTable(table(SYMBOLS))
    .decodeAll(items.map((item) => Uint8Array.from(item)))
    .map((bytes) => new TextDecoder().decode(bytes));

test("symbols of 1 to 8 bytes, literal bytes after 255, empty strings", () => {
  expect(decode([0, 1], [], [2, 3, 0, 255, 0x75], [255, 0xc3, 255, 0xa9])).toEqual(["the", "", "function retu", "é"]);
});

test("strings that are not coded stay as they are", () => {
  const item = Uint8Array.of(200, 255, 3);
  expect(new FsstTable(table([], { coded: false })).decodeAll([item])).toEqual([item]);
});

test("refused: a foreign table, an unknown code, an escape at the end, a length that none can have", () => {
  const refused = expect.objectContaining({ code: "corrupt_index" });
  expect(() => new FsstTable(table(SYMBOLS, { magic: "XXXX" }))).toThrow(refused);
  expect(() => decode([4])).toThrow(refused);
  expect(() => decode([0, 255])).toThrow(refused);
  const long = table(SYMBOLS);
  long[8 + 8 * SYMBOLS.length] = 9;
  expect(() => new FsstTable(long)).toThrow(refused);
});
