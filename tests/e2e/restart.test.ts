/** `add` begins again as the same process with settings for the engine; a user's own settings are left alone. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Machine } from "./support.ts";

let source: string;
let machine: Machine;

beforeAll(() => {
  source = mkdtempSync(join(tmpdir(), "repobase-restart-"));
  for (let n = 0; n < 40; n++) writeFileSync(join(source, `f${n}.ts`), `export const f${n} = () => ${n};\n`.repeat(50));
  machine = new Machine();
});
afterAll(() => {
  machine?.remove();
  rmSync(source, { recursive: true, force: true });
});

/** The engine's settings in the environment of a process while it runs: every set of them that was seen, but none. */
async function settingsWhile(run: ReturnType<Machine["spawn"]>): Promise<string[][]> {
  const seen = new Map<string, string[]>();
  while (run.exitCode === null) {
    try {
      // before the restart, and when it has ended, there are none
      const settings = readFileSync(`/proc/${run.pid}/environ`, "utf8")
        .split("\0")
        .filter((entry) => entry.startsWith("BUN_JSC_"));
      if (settings.length > 0) seen.set(settings.join(), settings);
    } catch {
      break; // it has ended
    }
    await Bun.sleep(1);
  }
  expect(await run.exited).toBe(0);
  return [...seen.values()];
}

// the environment of another process is a file on Linux alone
test.skipIf(process.platform !== "linux")("with settings, once, in one process", async () => {
  const seen = await settingsWhile(machine.spawn(["add", source, "--json"]));
  expect(seen.map((settings) => settings.length)).toEqual([3]);
  const given = { BUN_JSC_thresholdForFTLOptimizeAfterWarmUp: "60000" };
  const own = await settingsWhile(machine.spawn(["add", source, "--name", "again", "--json"], { env: given }));
  expect(own).toEqual([["BUN_JSC_thresholdForFTLOptimizeAfterWarmUp=60000"]]);
});
