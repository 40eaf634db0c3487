import { expect, test } from "bun:test";
import { SliceCache } from "../../src/text/slice-cache.ts";

test("a part of a text is found as the string it is, and nothing else is", () => {
  const cache = new SliceCache<number>(64);
  cache.set("", 0);
  cache.set("word", 1);
  cache.set("wörd", 2);
  expect(cache.get("a word, words", 2, 6)).toBe(1);
  expect(cache.get("a word, words", 8, 12)).toBe(1);
  expect(cache.get("ein wörd", 4, 8)).toBe(2);
  expect(cache.get("a word", 3, 3)).toBe(0);
  for (const [start, end] of [
    [2, 5],
    [2, 7],
    [1, 5],
    [8, 13],
  ] as const)
    expect(cache.get("a word, words", start, end)).toBeUndefined();
});

test("more keys than it holds: some are forgotten, no other value is given", () => {
  const cache = new SliceCache<string>(16);
  const keys = Array.from({ length: 1000 }, (_, i) => `key${i}`);
  for (const key of keys) {
    cache.set(key, key);
    expect(cache.get(`<${key}>`, 1, key.length + 1)).toBe(key);
  }
  const kept = keys.filter((key) => cache.get(key, 0, key.length) !== undefined);
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.length).toBeLessThanOrEqual(16);
  for (const key of kept) expect(cache.get(key, 0, key.length)).toBe(key);
});
