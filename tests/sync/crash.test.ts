/**
 * A process that dies at the n-th store operation, home and bucket counted together, before it or after it with the answer
 * lost; for every n. S1 and S2 hold at every moment, the same command again reaches the same end (S3), and sends or
 * fetches no body twice that had arrived, but for those that were under way.
 */
import { describe, expect, test } from "bun:test";
import { readRef } from "../../src/plumbing/read-ref.ts";
import { verifyManifest } from "../../src/plumbing/verify-manifest.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import type { ObjectStore } from "../../src/store/object-store.ts";
import { withStats } from "../../src/store/with-stats.ts";
import { RepobaseError } from "../../src/protocol/errors.ts";
import { Device } from "../helpers/device.ts";
import { contentsOf, newTableId, REPO } from "../helpers/sync-fixtures.ts";
import { Crash, FaultPlan, withFaults } from "../helpers/with-faults.ts";

/** Whoever reads now sees a whole index, or none. */
async function expectWhole(store: ObjectStore): Promise<string | undefined> {
  const ref = await readRef({ from: store, repo: REPO });
  if (ref !== undefined) expect((await verifyManifest({ store, repo: REPO, readData: true })).problems).toEqual([]);
  return ref?.ref.manifest;
}

interface Scene {
  readonly remote: MemoryStore;
  readonly device: Device;
  /** The manifest both sides end up with. */
  readonly goal: string;
  /** What may be seen on the way. */
  readonly old: string | undefined;
  readonly run: (device: Device) => Promise<unknown>;
  readonly reader: ObjectStore;
}

const scenes: Record<string, () => Promise<Scene>> = {
  "first push": async () => {
    const remote = new MemoryStore();
    const device = new Device("a", new MemoryStore(), remote);
    const { manifest } = await device.index(newTableId());
    return { remote, device, goal: manifest, old: undefined, run: (d) => d.push(), reader: remote };
  },
  "later push": async () => {
    const remote = new MemoryStore();
    const device = new Device("a", new MemoryStore(), remote);
    const tableId = newTableId();
    const { manifest: old } = await device.index(tableId);
    await device.push();
    const { manifest } = await device.index(tableId);
    return { remote, device, goal: manifest, old, run: (d) => d.push(), reader: remote };
  },
  "first pull": async () => {
    const remote = new MemoryStore();
    const { manifest } = await pushed(remote, newTableId());
    const device = new Device("b", new MemoryStore(), remote);
    return { remote, device, goal: manifest, old: undefined, run: (d) => d.pull(), reader: device.store };
  },
  "later pull": async () => {
    const remote = new MemoryStore();
    const { manifest: old, device: a, tableId } = await pushed(remote, newTableId());
    const device = new Device("b", new MemoryStore(), remote);
    await device.pull();
    const { manifest } = await a.index(tableId);
    await a.push();
    return { remote, device, goal: manifest, old, run: (d) => d.pull(), reader: device.store };
  },
};

async function pushed(remote: MemoryStore, tableId: string) {
  const device = new Device("a", new MemoryStore(), remote);
  const { manifest } = await device.index(tableId);
  await device.push();
  return { manifest, device, tableId };
}

describe.each(Object.keys(scenes))("%s", (name) => {
  const scene = () => (scenes[name] as () => Promise<Scene>)();

  const under = ({ device, remote }: Scene, plan: FaultPlan) => {
    const faulty = new Device(device.name, withFaults(device.store, plan), withFaults(remote, plan));
    return faulty;
  };

  test.each(["before", "after"] as const)(
    "S1, S2, S3, S5: killed at every operation, %s it was done",
    async (when) => {
      for (let n = 1; ; n++) {
        const s = await scene();
        const plan = new FaultPlan(n, when);
        const died = await s.run(under(s, plan)).then(
          () => false,
          (error: unknown) => {
            if (!(error instanceof Crash)) throw error;
            return true;
          },
        );
        expect([s.old, s.goal]).toContain((await expectWhole(s.reader)) as string);
        if (!died) {
          expect(n).toBeGreaterThan(7);
          return;
        }
        await s.run(s.device);
        expect(await expectWhole(s.reader)).toBe(s.goal);
        expect(await expectWhole(s.device.store)).toBe(s.goal);
        const home = Object.keys(await contentsOf(s.device.store));
        expect(home.filter((key) => key.startsWith("pushing/"))).toEqual([]);
      }
    },
    60_000,
  );

  test("S1, S2: seen from outside, every moment is the old index or the new one", async () => {
    const s = await scene();
    const seen = new Set<string | undefined>();
    const watch = (store: ObjectStore): ObjectStore =>
      Object.assign(Object.create(store) as ObjectStore, {
        get: store.get.bind(store),
        head: store.head.bind(store),
        list: store.list.bind(store),
        delete: store.delete.bind(store),
        put: async (...args: Parameters<ObjectStore["put"]>) => {
          const info = await store.put(...args);
          seen.add(await expectWhole(s.reader));
          return info;
        },
      });
    const watched = new Device(s.device.name, watch(s.device.store), watch(s.remote));
    await s.run(watched);
    expect([...seen]).toEqual([s.old, s.goal]);
  });

  test("S3: each single request failing once is repeated and makes no difference", async () => {
    for (const when of ["before", "after"] as const) {
      for (let n = 1; ; n++) {
        const s = await scene();
        const plan = new FaultPlan(n, when, () => new RepobaseError("transient", "lost on the way"), true);
        const flaky = new Device(s.device.name, s.device.store, withFaults(s.remote, plan));
        await s.run(flaky);
        expect(await expectWhole(s.reader)).toBe(s.goal);
        expect((await readRef({ from: s.remote, repo: REPO }))?.ref.generation).toBe(
          name === "later push" || name === "later pull" ? 2 : 1,
        );
        if (plan.calls < n) break;
      }
    }
  }, 60_000);
});

test("S3: a first push cut in the middle goes on: no body that arrived is sent again", async () => {
  const remote = new MemoryStore();
  const device = new Device("a", new MemoryStore(), remote);
  await device.index(newTableId(), { sizes: Array.from({ length: 40 }, () => 10_000) });
  const cut = new FaultPlan(25, "before");
  const dying = new Device("a", device.store, withFaults(remote, cut));
  await dying.push().catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
  const arrived = Object.keys(await contentsOf(remote)).length;
  expect(arrived).toBe(23);
  const counted = withStats(remote);
  const result = await device.push({ remote: counted });
  expect(result).toMatchObject({ filesUploaded: 41 - arrived, filesSkipped: arrived });
  expect(counted.counts().bytesSent).toBeLessThan((41 - arrived) * 10_000 + 10_000);
});
