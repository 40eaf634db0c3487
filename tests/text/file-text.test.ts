import { expect, test } from "bun:test";
import { seededRandom } from "../../lab/quality/random.ts";
import { decodeFileText, encodeFileText, encodingOf, parsableText, readableText } from "../../src/text/file-text.ts";

const latin1 = (text: string) => Buffer.from(text, "latin1");
const bigEndian = (text: string) => Buffer.from(text, "utf16le").swap16();

test("each encoding: what is stored, what is shown", () => {
  const cases = [
    ["utf-8", Buffer.from("plain"), "plain"],
    ["utf-8", Buffer.from("\ufeffcafé 数据 🎉"), "\ufeffcafé 数据 🎉"],
    ["utf-16le", Buffer.from("\ufeffGet-It 数据\r\n", "utf16le"), "Get-It 数据\r\n"],
    ["utf-16be", bigEndian("\ufeffCREATE TABLE t 🎉"), "CREATE TABLE t 🎉"],
    ["unknown-8bit", latin1("l\xe4nge = 1"), "l\ufffdnge = 1"],
    ["unknown-8bit", Buffer.concat([Buffer.from("é"), latin1("\xe9")]), "é\ufffd"],
  ] as const;
  for (const [encoding, bytes, shown] of cases) {
    const text = decodeFileText(bytes);
    expect([encodingOf(text), readableText(text)]).toEqual([encoding, shown]);
    expect(Buffer.from(encodeFileText(text))).toEqual(bytes);
    expect(parsableText(text)).toHaveLength(text.length);
    expect(text.isWellFormed()).toBe(true);
  }
});

test("a part of a file is encoded as the file is", () => {
  const text = decodeFileText(Buffer.from("\ufeffone\ntwo\n", "utf16le"));
  const second = text.slice(text.indexOf("\n") + 1);
  expect(Buffer.from(encodeFileText(second, encodingOf(text))).toString("utf16le")).toBe("two\n");
});

test("any bytes come back as they were, and no two files have one text", () => {
  const random = seededRandom("file text");
  const pieces = [
    ...["a", "\n", "é", "数", "🎉", "\u{10ff00}", "\u{10ffff}\u{10fffe}", "\u{10fffe}\u{10ffff}", "\ufeff"].map(
      (text) => Buffer.from(text),
    ),
    ...[
      [0xff, 0xfe],
      [0xfe, 0xff],
      [0xff],
      [0xe9],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xc0, 0x80],
      [0],
      [0xd8, 0x00],
    ].map((bytes) => Buffer.from(bytes)),
    Buffer.from("\ud83d", "utf16le"),
    Buffer.from("\u{10ff41}", "utf16le"),
  ];
  const seen = new Map<string, string>();
  for (let run = 0; run < 4000; run++) {
    const count = Math.floor(random() * 6);
    const bytes = Buffer.concat(
      Array.from({ length: count }, () => pieces[Math.floor(random() * pieces.length)] as Buffer),
    );
    const text = decodeFileText(bytes);
    expect(Buffer.from(encodeFileText(text)).toString("hex")).toBe(bytes.toString("hex"));
    expect(text.isWellFormed()).toBe(true);
    expect(seen.get(text) ?? bytes.toString("hex")).toBe(bytes.toString("hex"));
    seen.set(text, bytes.toString("hex"));
  }
});

test("a large file of each kind", () => {
  for (const bytes of [Buffer.from("\ufeffword 数据\n".repeat(9000), "utf16le"), latin1("caf\xe9 ".repeat(20_000))])
    expect(Buffer.from(encodeFileText(decodeFileText(bytes))).equals(bytes)).toBe(true);
});
