/** What `repobase serve` says on stderr: a line for each request that failed for no fault of the caller, and nothing for the others. */
import { expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Home } from "../../../src/home/home.ts";
import { serve } from "../../../src/porcelain/cloud/serve.ts";
import { codeOf } from "../../helpers/sync-fixtures.ts";

test.each([false, true])("a damaged ref is a line in the log, a bad question is not; debug: %p", async (debug) => {
  const dir = await mkdtemp(join(tmpdir(), "repobase-serve-log-"));
  const log: string[] = [];
  const server = await serve({ ...optionsIn(dir), log: (text) => log.push(text), debug });
  try {
    await Bun.write(join(server.data, "local/refs/demo.json"), "{");
    const get = async (path: string) => {
      const headers = { authorization: `Bearer ${server.firstKey?.apiKey}` };
      return (await fetch(server.url + path, { headers })).status;
    };
    expect(await get("/v1/search?q=secret&repo=demo")).toBe(500);
    expect([await get("/v1/search?q="), await get("/v1/refs/none"), await get("/nope")]).toEqual([400, 404, 404]);
    expect(log.length).toBe(1);
    const [line = "", ...stack] = (log[0] ?? "").split("\n");
    expect(line).toMatch(/^GET \/v1\/search: 500 corrupt_index: .+/);
    expect(stack.length > 0).toBe(debug);
    if (debug) expect(stack.join("\n")).toContain("decode");
    expect(log[0]).not.toContain("secret");
  } finally {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
});

test("a taken port is said, and makes no key that nobody saw", async () => {
  const dir = await mkdtemp(join(tmpdir(), "repobase-serve-port-"));
  const taken = createServer();
  await new Promise<void>((done) => taken.listen(0, "127.0.0.1", done));
  try {
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    expect(await codeOf(serve({ ...optionsIn(dir), port }))).toBe("cannot_listen");
    expect(await readdir(dir)).not.toContain("server");
  } finally {
    taken.close();
    await rm(dir, { recursive: true, force: true });
  }
});

const optionsIn = (dir: string) => ({
  home: Home.open({ REPOBASE_HOME: dir }),
  port: 0,
  host: "127.0.0.1",
  data: null,
  corsOrigins: [],
  ratePerMinute: 1200,
  behindProxy: false,
  quota: {},
  log: () => undefined,
  debug: false,
});
