import { expect, test } from "bun:test";
import { modelChange, type ModelFields } from "../../src/page/model-fields.ts";
import { type ChatModelInfo, DEFAULT_CHAT_LIMITS } from "../../src/protocol/chat-model-api.ts";

const none: ChatModelInfo = {
  ...DEFAULT_CHAT_LIMITS,
  owner: null,
  model: null,
  baseUrl: null,
  hasKey: false,
  problem: null,
  prices: null,
  today: { questions: 0, tokens: 0 },
};
const own: ChatModelInfo = {
  ...none,
  owner: "space",
  model: "m",
  baseUrl: "https://a/v1",
  hasKey: true,
  maxAnswerTokens: 77,
};
const typed: ModelFields = {
  baseUrl: " https://a/v1 ",
  model: "m",
  key: "",
  input: "",
  output: "",
  currency: "usd",
  questionsPerDay: "5",
  tokensPerDay: "",
};

test("what is empty is no limit, no price, and the key that is set", () => {
  expect(modelChange(typed, own)).toEqual({
    baseUrl: "https://a/v1",
    model: "m",
    prices: null,
    questionsPerDay: 5,
    tokensPerDay: null,
    maxAnswerTokens: 77,
  });
  const prices = { input: 0.5, output: 0, currency: "USD" };
  expect(modelChange({ ...typed, key: " k ", input: ".5", output: "0" }, none)).toMatchObject({ key: "k", prices });
});

test.each([{ input: "1" }, { questionsPerDay: "many" }, { tokensPerDay: "-1" }])("%j is refused in words", (odd) => {
  expect(() => modelChange({ ...typed, ...odd }, none)).toThrow(/missing|must be a number/);
});
