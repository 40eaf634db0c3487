/** The shared contract over every store that needs no server. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DirectoryStore } from "../../src/store/directory-store.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import { withRetry } from "../../src/store/with-retry.ts";
import { withStats } from "../../src/store/with-stats.ts";
import { storeContract } from "./contract.ts";

storeContract("memory", async () => ({ store: new MemoryStore() }));
storeContract("retry of stats of memory", async () => ({ store: withRetry(withStats(new MemoryStore())) }));
storeContract("directory", async () => {
  const dir = await mkdtemp(join(tmpdir(), "repobase-store-"));
  return { store: new DirectoryStore(dir), close: () => rm(dir, { recursive: true }) };
});
