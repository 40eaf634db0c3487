/**
 * The long form of tests that `check` runs a slice of: `bun scripts/soak.ts orders|kills|gc [count] [first seed]`. Says each seed that
 * fails, goes on, and ends with 1 when any did.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runGcBesidePushes } from "../tests/helpers/gc-beside-pushes.ts";
import { runKills } from "../tests/helpers/killed-devices.ts";
import { makeUpstream, SharedRepository } from "../tests/helpers/shared-repository.ts";
import { startBunServer } from "../tests/server/bun-server.ts";

const DEFAULT_COUNT = { orders: 50, kills: 500, gc: 2000 };

type What = keyof typeof DEFAULT_COUNT;

/** @returns what one seed says of itself */
async function opened(what: What): Promise<{ run(seed: number): Promise<string>; close(): Promise<void> }> {
  if (what === "kills") return { run: async (seed) => `${await runKills(seed)} killed`, close: async () => undefined };
  if (what === "gc")
    return {
      async run(seed) {
        const { moved, deleted, relied } = await runGcBesidePushes(seed);
        return `${moved} pushes, ${relied} objects found there, ${deleted} deleted`;
      },
      close: async () => undefined,
    };
  const dir = await mkdtemp(join(tmpdir(), "repobase-soak-"));
  const [upstream, server] = [await makeUpstream(join(dir, "upstream")), await startBunServer()];
  return {
    run: (seed) => SharedRepository.runOrder(seed, { server, upstream }),
    async close() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const [what, count, first = "1"] = process.argv.slice(2);
if (what !== "orders" && what !== "kills" && what !== "gc") {
  console.error("usage: bun scripts/soak.ts orders|kills|gc [count] [first seed]");
  process.exit(2);
}
const { run, close } = await opened(what);
const total = count === undefined ? DEFAULT_COUNT[what] : Number(count);
const failed: number[] = [];
for (let seed = Number(first); seed < Number(first) + total; seed++) {
  try {
    console.log(`${what} ${seed}: ${await run(seed)}`);
  } catch (error) {
    failed.push(seed);
    console.error(`${what} ${seed}: FAILED`, error);
  }
}
await close();
console.log(
  `${what}: ${total - failed.length} of ${total} seeds passed${failed.length > 0 ? `; failed: ${failed.join(" ")}` : ""}`,
);
process.exit(failed.length > 0 ? 1 : 0);
