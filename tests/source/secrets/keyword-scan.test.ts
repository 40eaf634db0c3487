import { expect, test } from "bun:test";
import { makeKeywordScan } from "../../../src/source/secrets/keyword-scan.ts";

const naive = (keywords: readonly string[], text: string) => {
  const folded = text.replace(/[A-Z]/g, (char) => char.toLowerCase());
  const found: string[] = [];
  keywords.forEach((word, number) => {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) found.push(`${number}@${at}`);
  });
  return found.sort();
};

const scanned = (keywords: readonly string[], text: string) => {
  const places = makeKeywordScan(keywords).scan(text);
  return Array.from({ length: places.length / 2 }, (_, i) => `${places[2 * i]}@${places[2 * i + 1]}`).sort();
};

test("finds what a plain search finds, in 500 random texts over few letters", () => {
  let seed = 7;
  const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const word = (longest: number) => Array.from({ length: 1 + next(longest) }, () => "abcA-"[next(5)]).join("");
  for (let round = 0; round < 500; round++) {
    const keywords = [...new Set(Array.from({ length: 1 + next(12) }, () => word(5).toLowerCase()))];
    const text = Array.from({ length: next(30) }, () => word(9)).join("ü");
    expect({ round, found: scanned(keywords, text) }).toEqual({ round, found: naive(keywords, text) });
  }
});

test("offsets are those of the text where characters lie beyond Latin-1; longer texts follow shorter ones", () => {
  const scan = makeKeywordScan(["token"]);
  expect(scan.scan("数据🎉 TOKEN")).toEqual([0, 5]);
  expect(scan.scan(`${"x".repeat(200_000)}Token`)).toEqual([0, 200_000]);
  expect(scan.scan("tok")).toEqual([]);
});
