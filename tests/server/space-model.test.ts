/** `/v1/space/model`: who may see and set a space's chat model, what becomes of its key, and which addresses are asked. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ChatModelInfo } from "../../src/protocol/chat-model-api.ts";
import { refuses, says, type ScriptedModel, startScriptedModel } from "../helpers/scripted-model.ts";
import { type Api, outcome } from "./api-client.ts";
import { askJson, chatOf, type ChatStage, chatStage } from "./chat-server.ts";

const KEY = "sk-zqspace-1234";
const QUESTION = { question: "how is an access token refreshed" };

let fake: ScriptedModel;
let stage: ChatStage;
beforeAll(async () => {
  fake = await startScriptedModel();
  stage = await chatStage({ identity: { sessionSecret: "s".repeat(32) } });
});
afterAll(() => fake.stop());

const put = (api: Api, body: object) => api("/v1/space/model", { method: "PUT", body: JSON.stringify(body) });
const get = async (api: Api) => (await (await api("/v1/space/model")).json()) as ChatModelInfo;
const own = (more: object = {}) => ({ baseUrl: `${fake.url}/`, model: "m-own", key: KEY, ...more });

test("members see it, admins set it, nobody sees the key, and the bucket has it sealed", async () => {
  expect(await get(stage.reader)).toMatchObject({ owner: null, model: null, hasKey: false, problem: null });
  expect(await outcome(put(stage.mine, own()))).toBe("403 forbidden");
  const prices = { input: 2, output: 4, currency: "EUR" };
  expect(await outcome(put(stage.admin, own({ prices, questionsPerDay: 50 })))).toBe("200");
  const info = await get(stage.reader);
  expect(info).toEqual({
    owner: "space",
    model: "m-own",
    baseUrl: fake.url,
    hasKey: true,
    problem: null,
    prices,
    questionsPerDay: 50,
    tokensPerDay: null,
    maxAnswerTokens: 1500,
    today: { questions: 0, tokens: 0 },
  });
  const kept = new TextDecoder().decode((await stage.store.get("users/mine/chat-model.json"))?.bytes);
  expect(kept).not.toContain("zqspace");

  fake.script(says("Yes [1]."));
  const answer = await askJson(stage.reader, QUESTION);
  expect([fake.asked[0]?.authorization, answer.model, answer.today?.questionsPerDay]).toEqual([
    `Bearer ${KEY}`,
    "m-own",
    50,
  ]);
  expect(answer.cost).toEqual({ amount: 0.0022, currency: "EUR" });
});

test("what its endpoint says of an error is for its members, without the key; the server's for nobody", async () => {
  fake.script(refuses(400, { error: { message: `no such model for ${KEY} in org-7` } }));
  const answer = await askJson(stage.mine, QUESTION);
  expect(answer.error?.detail).toContain("no such model for (the key) in org-7");
  const server = await (await chatStage()).again({ chat: chatOf(fake) });
  expect((await askJson(server.mine, QUESTION)).error?.detail).not.toContain("org-7");
  // the operator is told of the server's own model, and not of what somebody else's endpoint does
  expect([server.failures.length, stage.failures]).toEqual([1, []]);
});

test("a key that is kept goes to no other server", async () => {
  const { key: _, ...rest } = own();
  expect(await outcome(put(stage.admin, { ...rest, model: "m-2" }))).toBe("200");
  expect(await get(stage.mine)).toMatchObject({ model: "m-2", hasKey: true });
  expect(await outcome(put(stage.admin, { ...rest, baseUrl: "https://elsewhere.example/v1" }))).toBe("400 usage");
  expect(await outcome(put(stage.admin, { ...rest, baseUrl: "https://elsewhere.example/v1", key: "" }))).toBe("200");
  expect(await get(stage.mine)).toMatchObject({ baseUrl: "https://elsewhere.example/v1", hasKey: false });
});

test("addresses within a network, and values that mean nothing, are refused", async () => {
  for (const baseUrl of [
    "http://models.example/v1",
    "https://192.168.1.1/v1",
    "https://metadata.internal/v1",
    "https://user:pw@models.example/v1",
    "https://models.example/v1?key=x",
    "models.example",
  ])
    expect([baseUrl, await outcome(put(stage.admin, own({ baseUrl })))]).toEqual([baseUrl, "400 usage"]);
  for (const more of [
    { model: " " },
    { model: "a\nb" },
    { key: "with space" },
    { key: "é" },
    { maxAnswerTokens: 0 },
    { maxAnswerTokens: 1e9 },
    { questionsPerDay: -1 },
    { prices: { input: -1, output: 1 } },
    { prices: { input: 1, output: 1, currency: "euro" } },
  ])
    expect([more, await outcome(put(stage.admin, own(more)))]).toEqual([more, "400 usage"]);
  // a server that others reach asks nothing on its own machine
  const open = await stage.again({ identity: { sessionSecret: "s".repeat(32) }, outbound: {} });
  expect(await outcome(put(open.admin, own()))).toBe("400 usage");
});

test("after the server's secret has changed the key cannot be read: said, and mended by setting it again", async () => {
  expect(await outcome(put(stage.admin, own()))).toBe("200");
  const rotated = await stage.again({ identity: { sessionSecret: "t".repeat(32) }, chat: chatOf(fake) });
  fake.script(says("Yes."));
  expect((await get(rotated.mine)).problem).toContain("can no longer be read");
  const answer = await askJson(rotated.mine, QUESTION);
  expect([answer.reason, answer.error?.code, answer.sources.length > 0, fake.asked.length]).toEqual([
    "error",
    "model_failed",
    true,
    0,
  ]);
  expect(await outcome(put(rotated.admin, own()))).toBe("200");
  expect((await askJson(rotated.mine, QUESTION)).answer).toBe("Yes.");
});

test("once it is removed, the server's own model answers, or nobody", async () => {
  expect(await outcome(stage.mine("/v1/space/model", { method: "DELETE" }))).toBe("403 forbidden");
  expect(await outcome(stage.admin("/v1/space/model", { method: "DELETE" }))).toBe("200");
  expect(await get(stage.mine)).toMatchObject({ owner: null, model: null });
  const server = await stage.again({ chat: chatOf(fake, undefined, 7) });
  expect(await get(server.mine)).toMatchObject({ owner: "server", model: "m-1", baseUrl: null, questionsPerDay: 7 });
});

test("a damaged record is an error that says what to do; setting it anew with a key mends it", async () => {
  await stage.store.put("users/mine/chat-model.json", new TextEncoder().encode("{"));
  expect(await outcome(stage.mine("/v1/space/model"))).toBe("500 damaged_config");
  expect(await outcome(put(stage.admin, own()))).toBe("200");
});
