import { expect, test } from "bun:test";
import { bytesWords, endWords, signInFailure, usageWords } from "../../src/page/account-words.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [9_949, "9.9 kB"],
  [9_950, "10 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [10_000_000_000, "10 GB"],
  [5e15, "5000 TB"],
])("%d bytes are %s", (bytes, words) => expect(bytesWords(bytes)).toBe(words));

test("usage says what is used of what, and how much of it as a share", () => {
  const quota = { repos: { used: 3, limit: 10 }, files: { used: 2500, limit: null }, bytes: { used: 5, limit: 0 } };
  expect(usageWords(quota)).toEqual([
    { name: "Repositories", words: "Repositories: 3 of 10", share: 0.3 },
    { name: "Files", words: "Files: 2,500", share: null },
    { name: "Storage", words: "Storage: 5 B of 0 B", share: 1 },
  ]);
  expect(usageWords(undefined)).toEqual([]);
});

test("the end of a key, before and after it", () => {
  const now = Date.parse("2026-06-01T00:00:00Z");
  expect(endWords(null, now)).toBe("no end");
  expect(endWords("2026-07-01T00:00:00Z", now)).toBe("ends 2026-07-01");
  expect(endWords("2026-05-01T00:00:00Z", now)).toBe("ended 2026-05-01");
});

test("each way that a sign-in fails has words of its own, an unknown one too", () => {
  const words = ["denied", "expired", "closed", "invitation", "failed", "constructor-like"].map(signInFailure);
  expect(new Set(words).size).toBe(words.length);
  for (const text of words) expect(text).toMatch(/^[A-Z].*\.$/);
});
