/**
 * The conformance suite of the Model Context Protocol against the server's app as `repobase serve` runs it on this machine.
 * `bun scripts/mcp-conformance.ts` runs all scenarios, `--scenario <name>` one. What fails and must is in mcp-conformance.yml, each
 * with its reason: the suite wants a fixture's tools, prompts and resources where a real server has its own. Exits 1 when another
 * fails, or one of those passes.
 */
import { join } from "node:path";
import { createServer } from "../src/server/app.ts";
import { issueKey } from "../src/server/key-store.ts";
import { MemoryStore } from "../src/store/memory-store.ts";

const root = join(import.meta.dir, "..");
const suite = join(root, "node_modules/@modelcontextprotocol/conformance/dist/index.js");

const store = new MemoryStore();
const { apiKey } = await issueKey(store, { userId: "suite", scopes: ["read"] });
const { app } = createServer({ store, embedQuery: async () => undefined, adminToken: undefined, localOnly: true });
const http = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request) {
    // the suite cannot bring a key
    const headers = new Headers(request.headers);
    headers.set("authorization", `Bearer ${apiKey}`);
    return app.fetch(new Request(request, { headers }));
  },
});
const run = Bun.spawn(
  [
    join(root, "node_modules/.bin/node"),
    suite,
    "server",
    "--url",
    `${http.url.origin}/mcp`,
    "--expected-failures",
    join(import.meta.dir, "mcp-conformance.yml"),
    ...process.argv.slice(2),
  ],
  // results of its own would be written to the current folder
  { cwd: process.env["TMPDIR"] ?? "/tmp", stdout: "inherit", stderr: "inherit" },
);
const code = await run.exited;
await http.stop(true);
process.exit(code);
