/** Two CI runners and a laptop on one repository, from empty homes, in any order. `bun scripts/soak.ts orders` runs 50 of them. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeUpstream, SharedRepository, type Upstream } from "../helpers/shared-repository.ts";
import type { WorkerServer } from "../helpers/worker-server.ts";
import { startBunServer } from "../server/bun-server.ts";
import { inLong } from "../helpers/long.ts";

let dir: string;
let server: WorkerServer;
let upstream: Upstream;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "repobase-orders-"));
  upstream = await makeUpstream(join(dir, "upstream"));
  server = await startBunServer();
});
afterAll(async () => {
  await server?.stop();
  await rm(dir, { recursive: true, force: true });
});

test.each(inLong([1, 2, 3, 4], [1]))(
  "S1 order %i: no branch is lost, no table replaced, all answer alike",
  async (seed) => {
    expect(await SharedRepository.runOrder(seed, { server, upstream })).toContain("laptop");
  },
  60_000,
);
