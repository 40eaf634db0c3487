/** `repobase serve`: the same app over a folder. Its first start, a taken port, push, pull and search through it, a clean stop. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPage } from "../../scripts/build-page.ts";
import type { SearchResponse } from "../../src/protocol/search-api.ts";
import { makeRepository } from "../helpers/git-server.ts";
import { Machine } from "./support.ts";

const dir = mkdtempSync(join(tmpdir(), "repobase-serve-"));
const host = new Machine();
afterAll(() => {
  host.remove();
  rmSync(dir, { recursive: true, force: true });
});

test("serve, push, pull, search, stop", async () => {
  const data = join(dir, "bucket");
  const taken = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("") });
  const refused = await host.run(["serve", "--port", String(taken.port), "--data", data]);
  await taken.stop();
  expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 1, stdout: "" });

  const server = host.spawn(["serve", "--port", "0", "--data", data, "--json"]);
  const { value } = await server.stdout.getReader().read();
  const { url, apiKey, userId } = JSON.parse(new TextDecoder().decode(value)) as {
    url: string;
    apiKey: string;
    userId: string;
  };
  // the refused start was not the first one: the key is shown now
  expect(apiKey).toStartWith("rb_");
  const user = new Machine({ REPOBASE_ENDPOINT: url, REPOBASE_API_KEY: apiKey, REPOBASE_USER_ID: userId });
  const other = new Machine(user.env);
  try {
    await expectPage(url);
    await makeRepository(join(dir, "code"), { "src/tokens.ts": "export function refreshTokens() {\n  return 1;\n}\n" });
    const { repoId } = await user.one<{ repoId: string }>(["add", join(dir, "code")]);
    await user.one(["cloud", "enable", repoId]);
    await user.one(["push", repoId]);
    await other.one(["pull", repoId]);
    for (const flags of [[], ["--remote"]]) {
      const found = await other.one<SearchResponse>(["search", "refresh tokens", ...flags]);
      expect(found.results.map((hit) => hit.path)).toEqual(["src/tokens.ts"]);
    }
  } finally {
    user.remove();
    other.remove();
    server.kill("SIGTERM");
  }
  expect(await server.exited).toBe(0);
});

/** The binary carries all of the page that its sources make. */
async function expectPage(url: string): Promise<void> {
  for (const { path, bytes } of await buildPage()) {
    const answer = await fetch(url + (path === "/index.html" ? "/" : path));
    expect([path, answer.status, Buffer.compare(new Uint8Array(await answer.arrayBuffer()), bytes)]).toEqual([
      path,
      200,
      0,
    ]);
  }
}
