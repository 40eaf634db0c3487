import { describe, expect, test } from "bun:test";
import { costWords, endOf, lookedUp, moneyWords } from "../../src/page/answer-words.ts";
import { historyOf, newTurn, type Turn, withEnd, withEvent, withProblem } from "../../src/page/chat-turn.ts";
import { PageProblem } from "../../src/page/problem.ts";
import type { ChatEvent, ChatSource, DoneEvent } from "../../src/protocol/chat-api.ts";

const place = { repoId: "web", commit: "c1", path: "a.ts", startLine: 1, endLine: 2 };
const source = (n: number): ChatSource => ({
  ...place,
  n,
  repo: "web",
  url: null,
  language: "ts",
  symbol: null,
  text: "x",
});
const first: ChatEvent = { type: "sources", sources: [source(1), source(2)], warnings: [], model: "m" };
const done: DoneEvent = {
  type: "done",
  reason: "stop",
  model: "m",
  citations: [],
  unknown: [],
  toolCalls: 0,
  usage: { promptTokens: 1000, answerTokens: 50, estimated: false },
  cost: { amount: 0.00123, currency: "USD" },
  today: { questions: 3, tokens: 9000, questionsPerDay: 200, tokensPerDay: null },
};
const after = (...events: ChatEvent[]): Turn => events.reduce(withEvent, newTurn("why"));
const said = (text: string): ChatEvent => ({ type: "text", text });

describe("a turn of a conversation", () => {
  test("grows with its events", () => {
    const turn = after(first, said("It "), { type: "source", source: source(3) }, said("is [3]."), done);
    expect(turn).toMatchObject({ text: "It is [3].", state: "ended", model: "m" });
    expect(turn.sources?.map(({ n }) => n)).toEqual([1, 2, 3]);
    expect(endOf(turn)).toBeUndefined();
    expect(costWords(turn)).toBe("m · 1050 tokens · 0.0012 USD · 3 of 200 questions today");
  });

  test("a stream that ends without saying so is cut, and keeps what came", () => {
    const turn = withEnd(after(first, said("It")));
    expect(turn).toMatchObject({ state: "cut", text: "It", problem: null });
    expect(endOf(turn)).toContain("broke off");
  });

  test("a connection that breaks in the middle is cut; one that never was is a problem", () => {
    const problem = new PageProblem("offline", "the server does not answer");
    expect(withProblem(after(first, said("It")), problem)).toMatchObject({ state: "cut", text: "It", problem: null });
    expect(withProblem(after(), problem)).toMatchObject({ state: "ended", problem });
  });

  test("an error of the model says what to do and when", () => {
    const error: ChatEvent = { type: "error", code: "rate_limited", detail: "too many", hint: "wait", retryAfter: 7 };
    const { problem, state } = after(first, error, { ...done, reason: "error" });
    expect(problem).toMatchObject({ code: "rate_limited", message: "too many", of: { hint: "wait", retryAfter: 7 } });
    expect(state).toBe("ended");
  });

  test("what was looked up, in one line", () => {
    const tool = { type: "tool", call: 1, name: "search", about: "“a” in web", ok: true, sources: [] } as const;
    expect(lookedUp([])).toBe("");
    expect(lookedUp([tool, { ...tool, about: "b.ts", ok: false }])).toBe("Looked up: “a” in web; b.ts (not possible)");
  });

  test("a follow-up says the answers that there were, with what they cite, and the last of many", () => {
    const one = { ...after(first, said("It is [2].")), state: "stopped" as const };
    expect(historyOf([one, newTurn("no answer")])).toEqual([
      { question: "why", answer: "It is [2].", citations: [{ ...place, n: 2 }] },
    ]);
    expect(historyOf(Array.from({ length: 20 }, () => one))).toHaveLength(6);
  });

  test("small sums", () => {
    expect([0, 0.5, 12, 0.034, 0.00000123].map((sum) => moneyWords(sum, "EUR"))).toEqual([
      "0.00 EUR",
      "0.50 EUR",
      "12.00 EUR",
      "0.034 EUR",
      "0.0000012 EUR",
    ]);
  });
});
