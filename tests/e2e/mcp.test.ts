/** An agent's official client and the compiled binary: the tools over stdio, of an index that was just made. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { makeRepository } from "../helpers/git-server.ts";
import { Machine } from "./support.ts";

let dir: string;
let machine: Machine;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "repobase-mcp-"));
  await makeRepository(join(dir, "code"), { "src/door.ts": "export function openTheDoor() {\n  return true;\n}\n" });
  machine = new Machine();
  await machine.one(["add", join(dir, "code")]);
});
afterAll(() => {
  machine?.remove();
  rmSync(dir, { recursive: true, force: true });
});

test("search, then read what was found", async () => {
  const client = new Client({ name: "test", version: "1" });
  await client.connect(
    new StdioClientTransport({
      command: join(machine.dir, "repobase"),
      args: ["mcp"],
      cwd: machine.dir,
      env: { REPOBASE_HOME: machine.home },
    }),
  );
  try {
    const call = async (name: string, args: Record<string, unknown>) => {
      const { content, isError } = await client.callTool({ name, arguments: args });
      return { isError, text: (content as { text: string }[])[0]?.text ?? "" };
    };
    const found = await call("search", { query: "where is the door opened" });
    expect(found.text).toContain("src/door.ts");
    expect(found.text).not.toContain(dir);
    const { isError, text } = await call("read", { path: "src/door.ts" });
    expect([isError, text.includes("2\t  return true;")]).toEqual([false, true]);
  } finally {
    await client.close();
  }
});
