/** `/v1/chat` as it is deployed, on workerd and on Bun: text comes as the model writes it, and a client that goes ends the model's request. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { workersAiChat } from "../../worker/workers-ai-chat.ts";
import { says, type ScriptedModel, startScriptedModel, textPiece } from "../helpers/scripted-model.ts";
import { startWorker, type WorkerServer } from "../helpers/worker-server.ts";
import { type Api, apiClient, pushIndex } from "./api-client.ts";
import { startBunServer } from "./bun-server.ts";
import { askJson, chatOf, eventsOf, FILES, post } from "./chat-server.ts";
import { makeRealIndex } from "./real-index.ts";

const QUESTION = { question: "how is an access token refreshed" };

let fake: ScriptedModel;
beforeAll(async () => void (fake = await startScriptedModel()));
afterAll(() => fake.stop());

/** Workers AI, which streams the older form to one model and has no room for another. */
const AI = `
  import { WorkerEntrypoint } from "cloudflare:workers";
  export class Ai extends WorkerEntrypoint {
    async run(model, { messages, stream, max_tokens }) {
      if (model !== "@cf/test/model" || stream !== true || messages[0].role !== "system") throw new Error("5007: no such model");
      const pieces = ["By it [", "1]."].map((response) => "data: " + JSON.stringify({ response }) + "\\n\\n");
      return new Response(pieces.join("") + "data: [DONE]\\n\\n").body;
    }
  }
  export default {};`;

const indexed = async (server: WorkerServer, userId: string): Promise<Api> => {
  const api = apiClient(server.url, await server.issueKey(userId));
  await pushIndex(api, await makeRealIndex({ repo: "demo", commits: [FILES] }));
  return api;
};

describe.each([
  ["workerd", () => startWorker({ vars: { CHAT_BASE_URL: fake.url, CHAT_MODEL: "m-1", CHAT_API_KEY: "k" } })],
  ["Bun", () => startBunServer(undefined, undefined, chatOf(fake))],
] as const)("on %s", (_, start) => {
  let server: WorkerServer;
  let api: Api;
  beforeAll(async () => {
    server = await start();
    api = await indexed(server, "ada");
  });
  afterAll(() => server.stop());

  test("an answer is streamed to its end", async () => {
    fake.script(says("By it [", "1]."));
    const answer = await post(api, QUESTION);
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const events = await eventsOf(answer);
    expect([events[0]?.type, events.at(-1)]).toEqual([
      "sources",
      expect.objectContaining({ type: "done", reason: "stop", today: expect.objectContaining({ questions: 1 }) }),
    ]);
  });

  test("text comes before the model has done, and a client that goes ends the model's request", async () => {
    fake.script({ pieces: [textPiece("At first")], stalls: true });
    const answer = await post(api, QUESTION);
    const reader = answer.body?.getReader();
    let text = "";
    while (!text.includes("At first")) {
      const { value, done } = (await reader?.read()) ?? { done: true };
      if (done) throw new Error(`ended: ${text}`);
      text += new TextDecoder().decode(value);
    }
    expect(text).toContain("event: sources");
    await reader?.cancel();
    await fake.asked[0]?.ended;
    // the connection, or another, is good for the next question
    fake.script(says("Yes."));
    expect((await askJson(api, QUESTION)).answer).toBe("Yes.");
  });
});

describe("with Workers AI", () => {
  let server: WorkerServer;
  beforeAll(async () => {
    server = await startWorker({ ai: AI, vars: { CHAT_MODEL: "@cf/test/model", CHAT_QUESTIONS_PER_DAY: "none" } });
  });
  afterAll(() => server.stop());

  test("an answer comes through the binding, without an address or a key", async () => {
    const answer = await askJson(await indexed(server, "ada"), QUESTION);
    expect([answer.answer, answer.citations.length, answer.model, answer.reason, answer.usage?.estimated]).toEqual([
      "By it [1].",
      1,
      "@cf/test/model",
      "stop",
      true,
    ]);
  });

  test.each<[string, unknown, object]>([
    ["an error", new Error("4006: used up"), { code: "model_failed", fields: { said: "4006: used up" } }],
    ["an answer that is whole", { response: "All of it" }, { text: "All of it" }],
    ["calls", { tool_calls: [{ name: "read", arguments: { path: "a" } }] }, { calls: ["read"] }],
    ["nothing", null, { text: "" }],
  ])("%s instead of a stream is taken for what it is", async (_, answer, wanted) => {
    const ai = { run: async () => (answer instanceof Error ? Promise.reject(answer) : answer) };
    const question = { messages: [], tools: [], mayCall: false, maxTokens: 10 };
    const got = { text: "", calls: [] as string[] };
    try {
      const { signal } = new AbortController();
      for await (const delta of workersAiChat(ai, { model: "@cf/x", prices: null }).ask(question, signal)) {
        if (delta.kind === "text") got.text += delta.text;
        if (delta.kind === "calls") got.calls.push(...delta.calls.map(({ name }) => name));
      }
      expect(got).toMatchObject(wanted);
    } catch (error) {
      expect(error).toMatchObject(wanted);
    }
  });
});
