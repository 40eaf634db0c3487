/** `repobase ask` with a model that does as it is told: streamed text, marked citations, places, cost; follow-ups; failures. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChatAnswer } from "../../src/protocol/chat-api.ts";
import { calls, refuses, says, type ScriptedModel, startScriptedModel, textPiece } from "../helpers/scripted-model.ts";
import { makeRepository } from "../helpers/git-server.ts";
import { FILES } from "../server/chat-server.ts";
import { Terminal } from "./terminal.ts";

let dir: string;
let fake: ScriptedModel;
let terminal: Terminal;
let plain: Terminal;
const conversation = () => join(dir, "home", "ask.json");

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "repobase-ask-"));
  fake = await startScriptedModel();
  await makeRepository(join(dir, "code"), Object.fromEntries(FILES.map(({ path, contents }) => [path, contents])));
  const home = { REPOBASE_HOME: join(dir, "home") };
  plain = new Terminal(dir, home);
  terminal = new Terminal(dir, {
    ...home,
    REPOBASE_CHAT_BASE_URL: `${fake.url}/`,
    REPOBASE_CHAT_MODEL: "m-1",
    REPOBASE_CHAT_KEY: "sk-own",
    REPOBASE_CHAT_PRICES: "1/2 EUR",
    // the key of another program
    OPENAI_API_KEY: "sk-other",
  });
  expect((await plain.run(["add", "code"], "")).code).toBe(0);
});
afterAll(async () => {
  await fake.stop();
  await rm(dir, { recursive: true, force: true });
});

const ask = (words: readonly string[], on = terminal) => on.run(["ask", ...words], "");

test("an answer: its text, its places, numbers that no source has, and what it cost", async () => {
  fake.script(calls(["search", { query: "rate limit" }]), says("By `refreshToken` [", "1], so [9]."));
  const { code, stdout, stderr } = await ask(["how", "is", "an", "access", "token", "refreshed"]);
  expect([code, stderr]).toEqual([0, '  search "rate limit"\n']);
  expect(stdout).toMatch(
    /^By `refreshToken` \[1\], so \[9\?\]\.\n\n\[1\] code@[0-9a-f]{10}:src\/token\.ts:1-4\nno source has: \[9\]\nm-1: 2,000 \+ 100 tokens, 0\.0022 EUR\n$/,
  );
  expect(fake.asked[0]?.authorization).toBe("Bearer sk-own");
  expect(JSON.stringify(fake.asked)).not.toContain("sk-other");
});

test("a follow-up goes on with what was said last, which lies in the home for its owner alone", async () => {
  fake.script(says("Tested nowhere."));
  await ask(["--follow-up", "and where is that tested"]);
  expect(fake.asked[0]?.body.messages.slice(1, 3).map(({ content }) => content)).toEqual([
    "how is an access token refreshed",
    expect.stringMatching(/^By `refreshToken` \[\d+\], so \.$/),
  ]);
  expect(statSync(conversation()).mode & 0o777).toBe(0o600);
  await ask(["something", "else"]);
  expect(fake.asked[1]?.body.messages.length).toBe(2);
  await writeFile(conversation(), "{");
  expect((await ask(["-f", "again"])).code).toBe(0);
});

test("without a model the places, and how to set one; nothing is kept", async () => {
  await rm(conversation());
  const { code, stdout, stderr } = await ask(["access token"], plain);
  expect([code, stdout]).toEqual([0, expect.stringContaining("[1] code@")]);
  expect(stderr).toContain("REPOBASE_CHAT_BASE_URL");
  expect((await ask(["access token", "--no-model"])).stderr).toBe("");
  expect(existsSync(conversation())).toBe(false);
});

test("failures have their exit codes, beside the sources", async () => {
  fake.script(refuses(429, "no", { "retry-after": "99" }));
  const busy = await ask(["access token"]);
  expect([busy.code, busy.stdout]).toEqual([21, expect.stringContaining("[1] code@")]);
  fake.script(refuses(401, { error: { message: "bad key sk-own" } }));
  const refused = await ask(["access token"]);
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining("refused the key (401): bad key (the key)"),
  ]);
  fake.script({ pieces: [textPiece("Half")] });
  const cut = await ask(["access token", "--json"]);
  const answer = JSON.parse(cut.stdout) as ChatAnswer;
  expect([cut.code, answer.answer, answer.reason]).toEqual([0, "Half", "cut"]);
  expect(cut.stderr).toContain("broke off");
});

test("settings that mean nothing are said before anything is asked", async () => {
  const set = (more: Record<string, string>) => new Terminal(dir, { REPOBASE_HOME: join(dir, "home"), ...more });
  const base = { REPOBASE_CHAT_BASE_URL: fake.url, REPOBASE_CHAT_MODEL: "m" };
  fake.script(says("no"));
  for (const more of [
    { REPOBASE_CHAT_MODEL: "m" },
    { REPOBASE_CHAT_BASE_URL: fake.url },
    { ...base, REPOBASE_CHAT_BASE_URL: "http://models.example/v1" },
    { ...base, REPOBASE_CHAT_PRICES: "cheap" },
  ])
    expect((await ask(["access token"], set(more))).code).toBe(2);
  expect((await ask([])).code).toBe(2);
  expect((await ask(["x", "--repo", "nothing"])).code).toBe(10);
  expect(fake.asked).toEqual([]);
});
