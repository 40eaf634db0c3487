/** Messages to the server's app and over stdio that the official client would never send. */
import { describe, expect, test } from "bun:test";
import { answerAny } from "../../src/mcp/answer-any.ts";
import type { McpContext } from "../../src/mcp/answer.ts";
import { serveStdio } from "../../src/mcp/stdio.ts";
import { createApp } from "../../src/server/app.ts";
import { issueKey } from "../../src/server/key-store.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";

const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": {},
};
const list = (params: object = {}) => ({ jsonrpc: "2.0", id: 1, method: "tools/list", params });
const MODERN = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/list" };

const store = new MemoryStore();
const { apiKey } = await issueKey(store, { userId: "alice", scopes: ["read"] });
const failures: unknown[] = [];
const app = createApp({
  store,
  embedQuery: async () => undefined,
  adminToken: undefined,
  localOnly: true,
  corsOrigins: ["https://listed.example"],
  identity: { publicUrl: "https://code.example" },
  onFailure: ({ error }) => failures.push(error),
});
const post = async (body: unknown, headers: Record<string, string> = {}, url = "http://localhost:8787/mcp") => {
  const answer = await app.request(url, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
};

describe("HTTP", () => {
  test.each([
    ["a legacy request", list(), {}, 200, undefined],
    ["a modern one", list({ _meta: META }), MODERN, 200, undefined],
    ["no JSON", "{", {}, 400, -32700],
    ["no object", "3", {}, 400, -32600],
    ["an id that is null", { jsonrpc: "2.0", id: null, method: "ping" }, {}, 400, -32600],
    ["params that are a list", { jsonrpc: "2.0", id: 1, method: "ping", params: [] }, {}, 400, -32600],
    ["a method that there is not", { jsonrpc: "2.0", id: 1, method: "resources/list" }, {}, 200, -32601],
    [
      "a tool that there is not",
      { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "rm" } },
      {},
      200,
      -32602,
    ],
    ["a legacy version that there is not", list(), { "mcp-protocol-version": "1900-01-01" }, 400, -32022],
    ["a modern header without its fields", list(), MODERN, 400, -32602],
    ["a header that says another method", list({ _meta: META }), { ...MODERN, "mcp-method": "ping" }, 400, -32020],
    ["no header", list({ _meta: META }), {}, 400, -32020],
    [
      "a modern version that there is not",
      list({ _meta: { ...META, "io.modelcontextprotocol/protocolVersion": "2099-01-01" } }),
      { ...MODERN, "mcp-protocol-version": "2099-01-01" },
      400,
      -32022,
    ],
    [
      "no capabilities",
      list({ _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } }),
      MODERN,
      400,
      -32602,
    ],
    [
      "a modern method that there is not",
      { ...list({ _meta: META }), method: "initialize" },
      { ...MODERN, "mcp-method": "initialize" },
      404,
      -32601,
    ],
  ] as const)("%s", async (_what, body, headers, status, code) => {
    const answer = await post(body, headers);
    expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
  });

  test("results say what they are, in the modern era alone; lists may be kept", async () => {
    const modern = (await post(list({ _meta: META }), MODERN)).body.result;
    expect(modern).toMatchObject({ resultType: "complete", ttlMs: 3_600_000, cacheScope: "public" });
    expect(modern._meta["io.modelcontextprotocol/serverInfo"].name).toBe("repobase");
    expect(Object.keys((await post(list())).body.result)).toEqual(["tools"]);
    const discover = { ...list({ _meta: META }), method: "server/discover" };
    const { result } = (await post(discover, { ...MODERN, "mcp-method": "server/discover" })).body;
    expect(result.supportedVersions).toEqual(["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]);
  });

  test("a handshake agrees on the client's version, or on the newest there is", async () => {
    const agreed = async (protocolVersion: string) => {
      const answer = await post({ jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion } });
      return answer.body.result.protocolVersion;
    };
    expect(await agreed("2025-06-18")).toBe("2025-06-18");
    expect(await agreed("1900-01-01")).toBe("2025-11-25");
    expect(await agreed("2026-07-28")).toBe("2025-11-25");
  });

  test("batches are of one version only; notifications and responses are taken without an answer", async () => {
    const note = { jsonrpc: "2.0", method: "notifications/initialized" };
    const ping = { jsonrpc: "2.0", id: "x", method: "ping" };
    expect((await post([ping, note, 3])).body).toEqual([
      { jsonrpc: "2.0", id: "x", result: {} },
      { jsonrpc: "2.0", error: { code: -32600, message: "a message is an object" } },
    ]);
    expect((await post([ping], { "mcp-protocol-version": "2025-11-25" })).body.error.code).toBe(-32600);
    expect((await post([])).body.error.code).toBe(-32600);
    for (const message of [note, [note], { jsonrpc: "2.0", id: 1, result: {} }])
      expect(await post(message)).toEqual({ status: 202, body: undefined });
  });

  test("only POST, only JSON, only with a key that may read", async () => {
    for (const method of ["GET", "DELETE", "PUT"]) {
      const answer = await app.request("http://localhost/mcp", { method });
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
    }
    expect((await post(list(), { "content-type": "text/plain" })).status).toBe(400);
    expect((await post(list(), { authorization: "Bearer wrong" })).status).toBe(401);
    expect((await post(`"${"x".repeat(2_000_000)}"`)).status).toBe(413);
  });

  test("a page of another site cannot speak with it, under whatever name it leads here", async () => {
    const status = async (url: string, origin?: string) =>
      (await post(list(), origin === undefined ? {} : { origin }, url)).status;
    expect(await status("http://evil.example:8787/mcp")).toBe(403);
    expect(await status("http://evil.example:8787/mcp", "http://evil.example:8787")).toBe(403);
    expect(await status("http://127.0.0.1:8787/mcp", "http://evil.example")).toBe(403);
    expect(await status("http://127.0.0.1:8787/mcp", "null")).toBe(403);
    expect(await status("http://127.0.0.1.evil.example/mcp")).toBe(403);
    for (const [url, origin] of [
      ["http://127.0.0.1:8787/mcp", "http://127.0.0.1:8787"],
      ["http://[::1]:8787/mcp"],
      ["http://localhost:8787/mcp", "https://listed.example"],
      ["https://code.example/mcp", "https://code.example"],
    ] as const)
      expect(await status(url, origin)).toBe(200);
  });
});

describe("stdio", () => {
  const context: McpContext = {
    call: async (name, args) => {
      const { wait = 0 } = args as { wait?: number };
      if (wait > 0) await Bun.sleep(wait);
      if (wait < 0) throw new Error("inside");
      return { text: `${name} ${JSON.stringify(args)}`, isError: false };
    },
    repo: "mine",
    onFailure: (error) => failures.push(error),
  };
  const say = async (...chunks: (string | Uint8Array)[]) => {
    const lines: string[] = [];
    await serveStdio({
      input: (async function* () {
        yield* chunks;
      })(),
      write: async (line) => void lines.push(line),
      answer: (value, options) => answerAny(value, context, options),
    });
    return lines.map((line) => JSON.parse(line));
  };
  const call = (id: number, args: object) =>
    `${JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "status", arguments: args } })}\n`;
  const ids = (replies: readonly { id?: number }[]) => replies.map(({ id }) => id);

  test("requests are answered as they are done; the end of the input waits for them", async () => {
    expect(ids(await say(call(1, { wait: 30 }), call(2, {}), call(3, { wait: 5 })))).toEqual([2, 3, 1]);
  });

  test("what is cancelled gets no answer", async () => {
    const cancel = `${JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } })}\n`;
    expect(ids(await say(call(1, { wait: 20 }), cancel, call(2, {})))).toEqual([2]);
  });

  test("garbage, bytes that are no text and lines without an end are told, and what follows is answered", async () => {
    const huge = new Uint8Array(5 * 1024 * 1024).fill(120);
    const replies = await say("garbage\n\n", Uint8Array.of(0xff, 10), huge, "\n", call(7, {}));
    expect(replies.map(({ id, error }) => id ?? error.code)).toEqual(
      expect.arrayContaining([-32700, -32700, -32700, 7]),
    );
    expect(replies.length).toBe(4);
  });

  test("a message may come in any pieces, also within a character", async () => {
    const bytes = new TextEncoder().encode(call(1, { word: "größe 漢字 🎉" }));
    const [reply] = await say(...Array.from(bytes, (byte) => Uint8Array.of(byte)));
    expect(reply.result.content[0].text).toContain("größe 漢字 🎉");
  });

  test("a call without a repository is of the one that is meant; a failure tells nothing of the inside", async () => {
    const replies = await say(call(1, {}), call(2, { repo: "other" }), call(3, { wait: -1 }));
    const text = (id: number) => replies.find((reply) => reply.id === id)?.result?.content[0].text;
    expect([text(1), text(2)]).toEqual(['status {"repo":"mine"}', 'status {"repo":"other"}']);
    expect(replies.find(({ id }) => id === 3)?.error).toEqual({
      code: -32603,
      message: "the server failed; its log says why",
    });
  });

  test("batches until a handshake agrees on a version that has none", async () => {
    const ping = '[{"jsonrpc":"2.0","id":9,"method":"ping"}]\n';
    const shake = `${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion: "2025-11-25" } })}\n`;
    expect(await say(ping)).toEqual([[{ jsonrpc: "2.0", id: 9, result: {} }]]);
    const replies = await say(shake, ping);
    expect(replies.map((reply) => reply.error?.code)).toEqual([undefined, -32600]);
  });
});
