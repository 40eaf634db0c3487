import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ModelDelta, ModelRequest } from "../../src/chat/model.ts";
import { OpenAiModel, type OpenAiOptions } from "../../src/chat/openai-model.ts";
import { MAX_ANSWER } from "../../src/chat/read-model-stream.ts";
import { isRepobaseError } from "../../src/protocol/errors.ts";
import {
  calls,
  refuses,
  says,
  type ScriptedAnswer,
  type ScriptedModel,
  startScriptedModel,
  textPiece,
} from "../helpers/scripted-model.ts";

const TOOL = { name: "read", description: "reads", inputSchema: { type: "object" } };
const QUESTION: ModelRequest = {
  messages: [{ role: "user", content: "why?" }],
  tools: [TOOL],
  mayCall: true,
  maxTokens: 100,
};

let fake: ScriptedModel;
beforeAll(async () => void (fake = await startScriptedModel()));
afterAll(() => fake.stop());

const model = (options: Partial<OpenAiOptions> = {}) =>
  new OpenAiModel({ baseUrl: fake.url, model: "m-1", key: "sk-secret", ...options });

async function ask(of: OpenAiModel, question = QUESTION, signal = new AbortController().signal) {
  const deltas: ModelDelta[] = [];
  for await (const delta of of.ask(question, signal)) deltas.push(delta);
  const text = deltas.flatMap((delta) => (delta.kind === "text" ? [delta.text] : [])).join("");
  const called = deltas.flatMap((delta) => (delta.kind === "calls" ? delta.calls : []));
  return { text, called, end: deltas.at(-1), deltas };
}

const failureOf = async (answer: ScriptedAnswer, options: Partial<OpenAiOptions> = {}) => {
  fake.script(answer);
  const error: unknown = await ask(model(options)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isRepobaseError(error)) throw error ?? new Error("it did not fail");
  return error;
};

const stopped = { kind: "end", reason: "stop", usage: { promptTokens: 1000, answerTokens: 50 } };
const cut = { kind: "end", reason: "cut", usage: null };

describe("an OpenAI-compatible model", () => {
  test("is asked as OpenAI's API says, and answers in pieces", async () => {
    fake.script(says("Be", "cause", " – 検索."));
    const { deltas } = await ask(model());
    expect(deltas).toEqual([
      ...["Be", "cause", " – 検索."].map((text) => ({ kind: "text" as const, text })),
      stopped as ModelDelta,
    ]);
    expect(fake.asked.map(({ path, authorization, body }) => ({ path, authorization, body })) as unknown).toEqual([
      {
        path: "/v1/chat/completions",
        authorization: "Bearer sk-secret",
        body: {
          model: "m-1",
          messages: [{ role: "user", content: "why?" }],
          stream: true,
          stream_options: { include_usage: true },
          max_tokens: 100,
          tools: [
            { type: "function", function: { name: "read", description: "reads", parameters: { type: "object" } } },
          ],
          tool_choice: "auto",
        },
      },
    ]);
  });

  test("without a key is sent none", async () => {
    fake.script(says("yes"));
    await ask(model({ key: "" }));
    expect(fake.asked[0]?.authorization).toBeNull();
  });

  test("calls tools, whose arguments come in pieces", async () => {
    fake.script(calls(["read", { path: "a.ts" }], ["search", "{not json"]));
    expect((await ask(model())).called).toEqual([
      { id: "call-0", name: "read", arguments: '{"path":"a.ts"}' },
      { id: "call-1", name: "search", arguments: "{not json" },
    ]);
  });

  test("is told of its calls and their answers", async () => {
    fake.script(says("yes"));
    const toolCalls = [{ id: "1", name: "read", arguments: "{}" }];
    const messages = [
      { role: "assistant" as const, content: "", toolCalls },
      { role: "tool" as const, callId: "1", content: "lines" },
    ];
    await ask(model(), { ...QUESTION, messages, mayCall: false });
    expect(fake.asked[0]?.body.messages as unknown).toEqual([
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "1", type: "function", function: { name: "read", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "1", content: "lines" },
    ]);
    expect(fake.asked[0]?.body.tool_choice).toBe("none");
  });

  test.each<[string, ScriptedAnswer, string, unknown]>([
    ["no finish_reason, but [DONE]", { pieces: [textPiece("a"), "data: [DONE]\n\n"] }, "a", { ...cut, reason: "stop" }],
    ["neither", { pieces: [textPiece("a")] }, "a", cut],
    ["the last event cut off", { pieces: [textPiece("a"), 'data: {"choices":[{"delta":{"content":"b'] }, "a", cut],
    [
      "CRLF and comments",
      { pieces: [": ping\r\n\r\n", textPiece("a").replaceAll("\n", "\r\n"), "data: [DONE]\r\n\r\n"] },
      "a",
      { ...cut, reason: "stop" },
    ],
    [
      "Workers AI's older form",
      {
        pieces: [
          'data: {"response":"a"}\n\n',
          'data: {"response":"b","usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n',
          "data: [DONE]\n\n",
        ],
      },
      "ab",
      { kind: "end", reason: "stop", usage: { promptTokens: 1, answerTokens: 2 } },
    ],
    [
      "a length limit",
      { pieces: ['data: {"choices":[{"delta":{"content":"a"},"finish_reason":"length"}]}\n\n'] },
      "a",
      { ...cut, reason: "length" },
    ],
    [
      "a filter",
      { pieces: ['data: {"choices":[{"delta":{},"finish_reason":"content_filter"}]}\n\n'] },
      "",
      { ...cut, reason: "filtered" },
    ],
    [
      "odd events",
      {
        pieces: [
          "data: null\n\n",
          "data: {}\n\n",
          'data: {"choices":[null]}\n\n',
          'data: {"choices":[{"delta":{"content":[{"type":"text","text":"a"},7]}}]}\n\n',
          "data: [DONE]\n\n",
        ],
      },
      "a",
      { ...cut, reason: "stop" },
    ],
    [
      "one JSON answer instead of a stream",
      answersJson({
        choices: [{ message: { content: "whole" }, finish_reason: "stop" }],
        usage: { prompt_tokens: 3, completion_tokens: 4 },
      }),
      "whole",
      { kind: "end", reason: "stop", usage: { promptTokens: 3, answerTokens: 4 } },
    ],
  ])("answers with %s", async (_, answer, text, end) => {
    fake.script(answer);
    const got = await ask(model());
    expect([got.text, got.end as unknown]).toEqual([text, end]);
  });

  test("may be cut anywhere on the way, within a character too", async () => {
    const whole = new TextEncoder().encode(says("grün", " 🧭").pieces.join(""));
    fake.script({ pieces: Array.from(whole, (byte) => Uint8Array.of(byte)) });
    const got = await ask(model());
    expect([got.text, got.end as unknown]).toEqual(["grün 🧭", stopped]);
  });

  test("is cut off when it does not end", async () => {
    fake.script({ pieces: Array.from({ length: 1000 }, () => textPiece("x".repeat(1000))), stalls: true });
    const { text, end } = await ask(model());
    expect(text.length).toBeLessThan(MAX_ANSWER + 2000);
    expect(end as unknown).toEqual(cut);
    await fake.asked[0]?.ended;
  });

  test("may call with odd pieces: no index, no id, arguments as an object, thousands of calls", async () => {
    const event = (toolCalls: unknown) =>
      `data: ${JSON.stringify({ choices: [{ delta: { tool_calls: toolCalls } }] })}\n\n`;
    fake.script({
      pieces: [
        event([{ id: "a", function: { name: "read", arguments: '{"pa' } }]),
        event([{ id: "a", function: { arguments: 'th":1}' } }]),
        event([{ function: { name: "list", arguments: { dir: "" } } }]),
        event([null, 3, { index: 1e9, function: { name: "far" } }, { index: -1, function: { name: "less" } }]),
        event(Array.from({ length: 5000 }, () => ({ function: { name: "many", arguments: "" } }))),
      ],
    });
    const { called } = await ask(model());
    expect(called.slice(0, 2)).toEqual([
      { id: "a", name: "read", arguments: '{"path":1}' },
      { id: "call_2", name: "list", arguments: '{"dir":""}' },
    ]);
    expect(called.length).toBeLessThanOrEqual(20);
  });
});

describe("a model that fails", () => {
  test.each<[string, ScriptedAnswer, string, string]>([
    [
      "401",
      refuses(401, { error: { message: "Incorrect API key provided: sk-secret" } }),
      "model_failed",
      "refused the key (401)",
    ],
    ["403", refuses(403, "no"), "model_failed", "refused the key (403)"],
    ["404", refuses(404, { error: "model m-1 not found" }), "model_failed", "refused the question (404)"],
    ["a redirect", refuses(302, "", { location: "http://127.0.0.1:1/" }), "model_failed", "to another address (302)"],
    ["500", refuses(500, "<html>oops</html>"), "transient", "failed (500)"],
    [
      "a web page",
      { headers: { "content-type": "text/html" }, pieces: ["<html>"] },
      "model_failed",
      "neither with a stream nor with JSON",
    ],
    ["an event that is no JSON", { pieces: ["data: {oops\n\n"] }, "model_failed", "not JSON"],
    [
      "an error event",
      { pieces: [textPiece("a"), 'data: {"error":{"message":"overloaded"}}\n\n'] },
      "model_failed",
      "overloaded",
    ],
    ["an event without end", { pieces: [`data: ${"x".repeat(300_000)}`], stalls: true }, "model_failed", "more than"],
  ])("by %s", async (_, answer, code, message) => {
    const error = await failureOf(answer);
    expect([error.code as string, error.message]).toEqual([code, expect.stringContaining(message)]);
    expect(JSON.stringify([error.message, error.hint, error.fields])).not.toContain("sk-secret");
  });

  test("by silence before the first byte, between two, or by being endless", async () => {
    const times = { first: 60, between: 60, whole: 400 };
    const silent = await failureOf({ pieces: [], stalls: true }, { times });
    const stalled = await failureOf({ pieces: [textPiece("a")], stalls: true }, { times });
    await fake.asked[0]?.ended;
    const endless = await failureOf({ pieces: [textPiece("a")], stalls: true }, { times: { ...times, between: 5000 } });
    for (const error of [silent, stalled, endless]) expect(error.code).toBe("transient");
    expect(silent.message).toContain("sent nothing for 0.06 s");
    expect(stalled.message).toContain("sent nothing for 0.06 s");
    expect(endless.message).toContain("was not done after 0.4 s");
  });

  test("because nothing listens there", async () => {
    const nobody = model({ baseUrl: "http://127.0.0.1:9/v1" });
    await expect(ask(nobody)).rejects.toMatchObject({
      code: "transient",
      message: expect.stringContaining("cannot be reached"),
    });
  });

  test("because it is busy: once more after a short wait, not after a long one", async () => {
    fake.script(refuses(429, "slow down", { "retry-after": "0" }), says("now"));
    expect((await ask(model())).text).toBe("now");
    expect(fake.asked.length).toBe(2);

    const again = await failureOf(refuses(429, "slow down", { "retry-after": "0" }));
    expect([again.code, again.fields["retryAfter"], fake.asked.length]).toEqual(["rate_limited", 0, 2]);

    const now = () => Date.parse("2026-01-01T00:00:00Z");
    const until = "Thu, 01 Jan 2026 00:01:00 GMT";
    const later = await failureOf(refuses(429, "slow down", { "retry-after": until }), { now });
    expect([later.code, later.fields["retryAfter"], fake.asked.length]).toEqual(["rate_limited", 60, 1]);
  });

  test("at a part of the question that it does not know: without it, from then on", async () => {
    const says400 = (message: string) => refuses(400, { error: { message } });
    fake.script(
      says400("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
      says400("m-1 does not support tools"),
      says400("extra fields: stream_options"),
      says("at last"),
    );
    const asked = model();
    expect((await ask(asked)).text).toBe("at last");
    await ask(asked);
    const { body } = fake.asked.at(-1) ?? {};
    expect([
      fake.asked.length,
      body?.["max_completion_tokens"],
      body?.tools,
      body?.["stream_options"],
      body?.["max_tokens"],
    ]).toEqual([5, 100, undefined, undefined, undefined]);
    expect((await failureOf(says400("no tool, no max_tokens, no stream_options"))).code).toBe("model_failed");
    expect(fake.asked.length).toBe(4);
  });

  test("ends when it is given up, and so does its request", async () => {
    fake.script({ pieces: [textPiece("a")], stalls: true });
    const controller = new AbortController();
    const got: string[] = [];
    const reading = (async () => {
      for await (const delta of model().ask(QUESTION, controller.signal)) {
        got.push(delta.kind);
        controller.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: "interrupted" });
    await fake.asked[0]?.ended;
    expect(got).toEqual(["text"]);
  });
});

function answersJson(body: unknown): ScriptedAnswer {
  return { headers: { "content-type": "application/json" }, pieces: [JSON.stringify(body)] };
}
