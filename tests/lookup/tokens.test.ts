/** Estimates of tokens against real tokenizers, and answers against their budgets, on code and on what is meant to break them. */
import { beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { Glob } from "bun";
import type { Library } from "../../src/lookup/library.ts";
import { estimateTokens } from "../../src/lookup/tokens.ts";
import { runTool } from "../../src/lookup/tools.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import { Random } from "../helpers/random.ts";
import { appWithIndexes } from "../server/app-with-indexes.ts";
import { makeRealIndex } from "../server/real-index.ts";
import { expectWithin, libraryOver, tokensIn } from "./library-over.ts";

const root = join(import.meta.dir, "../..");
const random = new Random(7);
const of = (alphabet: string, length: number): string => {
  const characters = Array.from(alphabet);
  return Array.from({ length }, () => random.pick(characters)).join("");
};
const range = (from: number, to: number, length: number): string =>
  Array.from({ length }, () => String.fromCodePoint(from + random.below(to - from))).join("");
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

const HOSTILE: Readonly<Record<string, string>> = {
  base64: of(`${LETTERS}${LETTERS.toUpperCase()}0123456789+/`, 3000),
  hex: of("0123456789abcdef", 3000),
  letters: of(LETTERS, 3000),
  capitals: of(LETTERS.toUpperCase(), 3000),
  digits: of("0123456789", 3000),
  signs: of("!@#$%^&*(){}[];:'<>,./?\\|-_=+~`", 3000),
  "white space": of(" \n\t", 3000),
  Chinese: range(0x4e00, 0x9fa5, 1000),
  Korean: range(0xac00, 0xd7a3, 1000),
  Cyrillic: range(0x400, 0x4ff, 1000),
  Arabic: range(0x621, 0x6d3, 1000),
  emoji: range(0x1f300, 0x1f5ff, 1000),
};

test.each(Object.keys(HOSTILE))("%s: not below what tokenizers count", (name) => {
  const text = HOSTILE[name] ?? "";
  expect(estimateTokens(text)).toBeGreaterThanOrEqual(tokensIn(text) * 0.99);
});

test("code and prose: never below, and not far above", async () => {
  let [estimated, counted] = [0, 0];
  const files = ["src", "docs", "scripts"].flatMap((folder) =>
    Array.from(new Glob(`${folder}/**/*.{ts,tsx,md,json,css}`).scanSync(root)),
  );
  // every third: tokenizers are slow
  for (const file of files.sort().filter((_file, at) => at % 3 === 0)) {
    const text = (await Bun.file(join(root, file)).text()).slice(0, 6000);
    const [estimate, count] = [estimateTokens(text), tokensIn(text)];
    expect([file, estimate >= count]).toEqual([file, true]);
    estimated += estimate;
    counted += count;
  }
  expect(estimated / counted).toBeLessThan(1.4);
});

let library: Library;
beforeAll(async () => {
  const files = Object.entries(HOSTILE).map(([name, text]) => ({
    path: `src/${name}.txt`,
    language: "text",
    contents: `needle ${name}\n${text}\nneedle end\n`,
  }));
  const evil = "needle \u001b]0;owned\u0007 rtl\u202etxt tag\u{e0041} \u009b2J\r over\u200b\n";
  const long = { path: `src/${"deep/".repeat(60)}long\u001b[31m.txt`, language: "text", contents: evil };
  const index = await makeRealIndex({ repo: "hostile", commits: [[...files, long]] });
  const { home } = await appWithIndexes(new MemoryStore(), [["hostile", index]]);
  library = await libraryOver(home);
});

test.each([200, 500, 2000, 20_000])("no answer is over a budget of %d", async (budget) => {
  const calls = [
    ["search", { query: "needle", limit: 50 }],
    ["search", { query: "base64 hex letters" }],
    ["list", { repo: "hostile" }],
    ["list", { repo: "hostile", path: "**" }],
    ["status", { repo: "hostile" }],
    ...Object.keys(HOSTILE).map((name) => ["read", { path: `src/${name}.txt` }] as const),
  ] as const;
  for (const [tool, args] of calls) {
    const { text, isError } = await runTool(library, tool, { ...args, budget });
    expect([tool, args, isError]).toEqual([tool, args, false]);
    expectWithin(text, budget);
  }
});

test("a line that is longer than the budget comes in parts that are the line", async () => {
  const whole = HOSTILE["base64"] ?? "";
  let [text, cursor]: [string, string | undefined] = ["", ""];
  for (let part = 0; cursor !== undefined; part++) {
    expect(part).toBeLessThan(30);
    const answer = await runTool(library, "read", { path: "src/base64.txt", from: 2, to: 2, budget: 300, cursor });
    text += /^2\t…?(.*?)…?$/m.exec(answer.text)?.[1] ?? "";
    cursor = /cursor "([^"]+)"\.$/.exec(answer.text)?.[1];
  }
  expect(text).toBe(whole);
});

test("control characters of files, paths and words of the caller come as codes", async () => {
  const path = (
    await library.files({ repo: "hostile", ref: null, path: "**/long*", lang: null, dir: null, limit: 1, after: null })
  ).files[0]?.path;
  const texts = await Promise.all([
    runTool(library, "read", { path }),
    runTool(library, "search", { query: "owned", path: "**/deep/**" }),
    runTool(library, "list", { repo: "hostile", path: "**" }),
    runTool(library, "search", { query: "x", repo: "\u001b[2J\u202e" }),
    runTool(library, "read", { path: "\u009b\u0007" }),
  ]);
  for (const { text } of texts)
    // oxlint-disable-next-line no-control-regex -- looking for them
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202e]|[\u{e0000}-\u{e007f}]/u);
  expect(texts[0]?.text).toContain("\\x1b]0;owned\\x07");
});
