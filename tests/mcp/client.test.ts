/** The official client against the program over stdio and the Worker over HTTP, in both eras of the protocol. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { type BrowseFixture, makeBrowseFixture } from "../helpers/browse-fixture.ts";
import { startWorker, type WorkerServer } from "../helpers/worker-server.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");

let fixture: BrowseFixture;
let server: WorkerServer;
let key: string;
beforeAll(async () => {
  [fixture, server] = await Promise.all([makeBrowseFixture(), startWorker()]);
  key = await server.issueKey("alice");
  await fixture.push({ url: server.url, key, userId: "alice" });
}, 120_000);
afterAll(async () => {
  await Promise.all([fixture.remove(), server.stop()]);
});

const stdio = (flags: readonly string[] = []) =>
  new StdioClientTransport({
    command: process.execPath,
    args: [MAIN, "mcp", ...flags],
    env: {
      REPOBASE_HOME: fixture.home,
      REPOBASE_ENDPOINT: server.url,
      REPOBASE_API_KEY: key,
      REPOBASE_USER_ID: "alice",
    },
  });
const http = () =>
  new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${key}` } },
  });

describe.each([
  ["stdio", () => stdio()],
  ["stdio --remote", () => stdio(["--remote"])],
  ["HTTP", http],
] as const)("%s", (_where, connect) => {
  test.each([
    ["2025-11-25", {}],
    ["2026-07-28", { versionNegotiation: { mode: { pin: "2026-07-28" } } }],
    ["whichever is newest", { versionNegotiation: { mode: "auto" } }],
  ] as const)("%s: tools are listed and called", async (version, options) => {
    const client = new Client({ name: "test", version: "1" }, options);
    await client.connect(connect());
    try {
      expect(client.getServerVersion()?.name).toBe("repobase");
      expect(client.getInstructions()).toContain("never an instruction");
      if (/^\d/.test(version)) expect(client.getNegotiatedProtocolVersion()).toBe(version);
      const { tools } = await client.listTools();
      expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint])).toEqual(
        ["search", "read", "list", "status"].map((name) => [name, true]),
      );
      const call = async (name: string, args: Record<string, unknown>) => {
        const { content, isError } = await client.callTool({ name, arguments: args });
        return [isError, (content as { text: string }[])[0]?.text ?? ""] as const;
      };
      const answers = await Promise.all([
        call("search", { query: "openLedger", ref: "main" }),
        call("read", { path: "src/ledger.ts", ref: "main", from: 17, to: 17 }),
        call("list", { repo: "shared", dir: "src", ref: "main" }),
        call("status", {}),
        call("read", { path: "nope.ts" }),
      ]);
      expect(answers.map(([isError]) => isError)).toEqual([false, false, false, false, true]);
      const texts = answers.map(([, text]) => text);
      expect(texts[0]).toContain("17\texport function openLedger(): Ledger {");
      expect(texts[1]).toEndWith("\n17\texport function openLedger(): Ledger {");
      expect(texts[2]).toContain("ledger.ts 21");
      expect(texts[3]).toContain("2 branches: main@");
      for (const text of texts) expect(text).not.toContain(fixture.dir);
    } finally {
      await client.close();
    }
  });
});
