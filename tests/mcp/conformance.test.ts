/** The official conformance suite; by hand: `bun scripts/mcp-conformance.ts`. */
import { expect, test } from "bun:test";
import { join } from "node:path";

test("only what is named in scripts/mcp-conformance.yml fails, and DNS rebinding is not among it", async () => {
  const scripts = join(import.meta.dir, "../../scripts");
  const run = Bun.spawn([process.execPath, join(scripts, "mcp-conformance.ts")], { stdout: "pipe", stderr: "pipe" });
  const [said, wrong] = await Promise.all([run.stdout.text(), run.stderr.text()]);
  expect([await run.exited, said, wrong]).toEqual([0, said, wrong]);
  expect(said).toContain("✓ dns-rebinding-protection: 2 passed");
  expect(await Bun.file(join(scripts, "mcp-conformance.yml")).text()).not.toContain("dns-rebinding");
}, 60_000);
