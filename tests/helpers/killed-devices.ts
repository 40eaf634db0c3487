/**
 * Two devices on one repository whose commands are killed between two writes, again and again, while the other one goes on: real
 * Lance tables, homes in folders. What happens, and where, comes from a seed. Each move of the bucket's ref is checked.
 */
import { expect } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catManifest } from "../../src/plumbing/cat-manifest.ts";
import { readRef } from "../../src/plumbing/read-ref.ts";
import { verifyManifest } from "../../src/plumbing/verify-manifest.ts";
import { refKey } from "../../src/protocol/keys.ts";
import { DirectoryStore } from "../../src/store/directory-store.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import type { ObjectStore } from "../../src/store/object-store.ts";
import { Device } from "./device.ts";
import { filesAt, indexFiles, type Files } from "./lance-index.ts";
import { Random } from "./random.ts";
import { newCommit, REPO } from "./sync-fixtures.ts";
import { Crash, FaultPlan, withFaults } from "./with-faults.ts";

const STEPS = 12;
/** Among how many store operations a command may be killed: an index run has six, a push or pull a dozen, a joining one sixty. */
const REACHES = [6, 6, 14, 50];

interface Commit {
  readonly branch: string;
  /** Of its branch, from 1. */
  readonly number: number;
  readonly files: Files;
}

/** @returns how many commands were killed. @throws when an update was lost, or a home or the bucket was not whole */
export async function runKills(seed: number): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), "repobase-kills-"));
  try {
    return await new KilledDevices(new Random(seed), dir).run();
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

class KilledDevices {
  readonly #random: Random;
  readonly #homes: readonly DirectoryStore[];
  readonly #remote = new MemoryStore();
  readonly #commits = new Map<string, Commit>();
  /** Commits whose index run was through. */
  readonly #indexed = new Set<string>();
  #killed = 0;

  constructor(random: Random, dir: string) {
    this.#random = random;
    this.#homes = ["a", "b"].map((name) => new DirectoryStore(join(dir, name)));
  }

  async run(): Promise<number> {
    const random = this.#random;
    for (let step = 0; step < STEPS; step++) {
      const who = random.below(2);
      const command = random.pick([this.#index, this.#index, this.#push, this.#push, this.#pull]).bind(this);
      const isKilled = random.below(3) > 0;
      if (isKilled && (await this.#kill(who, command))) {
        // the other one goes on meanwhile; then the same command again, or not
        if (random.below(2) === 0) await this.#push(this.#device(1 - who));
        if (random.below(2) === 0) await command(this.#device(who));
      } else if (!isKilled) await command(this.#device(who));
    }
    await this.#expectNothingLost();
    return this.#killed;
  }

  /** A process of its own: nothing is known but what lies in the home. */
  #device(who: number, plan?: FaultPlan): Device {
    const home = this.#homes[who] as DirectoryStore;
    const remote = watched(this.#remote, this.#commits);
    const local = plan && Object.assign(Object.create(home) as DirectoryStore, withFaults(home, plan));
    const device = new Device(`d${who}`, local ?? home, plan ? withFaults(remote, plan) : remote);
    // the server is an old one, or the endpoint leads elsewhere now: what was agreed on before counts for nothing
    if (this.#random.below(4) === 0) device.spaceId = this.#random.pick([undefined, "6".repeat(32)]);
    return device;
  }

  async #kill(who: number, command: (device: Device) => Promise<void>): Promise<boolean> {
    const plan = new FaultPlan(
      1 + this.#random.below(this.#random.pick(REACHES)),
      this.#random.pick(["before", "after"] as const),
    );
    try {
      await command(this.#device(who, plan));
      return false;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.#killed++;
      return true;
    }
  }

  async #index(device: Device): Promise<void> {
    const branch = this.#random.pick(["main", `of-${device.name}`]);
    const number = [...this.#commits.values()].filter((commit) => commit.branch === branch).length + 1;
    const files = { "same.ts": "all\n", [`${branch}.ts`]: `${number}\n`, [`${number % 3}.ts`]: `part ${number % 5}\n` };
    const commit = newCommit();
    this.#commits.set(commit, { branch, number, files });
    await indexFiles({ store: device.store as DirectoryStore, device: device.name, files, branch, commit });
    this.#indexed.add(commit);
  }

  async #push(device: Device): Promise<void> {
    if ((await readRef({ from: device.store, repo: REPO })) === undefined) return;
    await device.push({ compareCommits: this.#compare });
  }

  async #pull(device: Device): Promise<void> {
    if ((await readRef({ from: device.remote, repo: REPO })) === undefined) return;
    await device.pull({ compareCommits: this.#compare });
  }

  /** Git is at hand for the branch that both work on, and for no other. */
  readonly #compare = async (here: string, there: string): Promise<"newer" | "older" | undefined> => {
    const [a, b] = [this.#commits.get(here), this.#commits.get(there)];
    if (a?.branch !== "main" || b?.branch !== "main") return undefined;
    return a.number > b.number ? "newer" : "older";
  };

  async #expectNothingLost(): Promise<void> {
    for (const who of [0, 1, 0]) {
      await this.#push(this.#device(who));
      await this.#pull(this.#device(who));
    }
    await this.#pull(this.#device(1));
    const there = await readRef({ from: this.#remote, repo: REPO });
    if (there === undefined) return;
    expect((await verifyManifest({ store: this.#remote, repo: REPO, readData: true })).problems).toEqual([]);
    for (const home of this.#homes) {
      const here = await readRef({ from: home, repo: REPO });
      expect(here?.ref.heads).toEqual(there.ref.heads);
      expect((await verifyManifest({ store: home, repo: REPO, readData: true })).problems).toEqual([]);
      for (const commit of this.#indexed)
        expect(await filesAt(home, commit)).toEqual(this.#commits.get(commit)?.files ?? {});
    }
    const newest = new Map<string, number>();
    for (const commit of this.#indexed) {
      const { branch, number } = this.#commits.get(commit) as Commit;
      newest.set(branch, Math.max(newest.get(branch) ?? 0, number));
    }
    for (const [branch, number] of newest)
      expect(this.#commits.get(there.ref.heads[branch] ?? "")?.number ?? 0).toBeGreaterThanOrEqual(number);
  }
}

/** The bucket, with an eye on its ref: no branch, no commit of it goes, and no head moves back. */
function watched(store: MemoryStore, commits: ReadonlyMap<string, Commit>): ObjectStore {
  const shown = async () => {
    const stored = await readRef({ from: store, repo: REPO });
    if (stored === undefined) return { heads: {}, snapshots: {}, tableId: undefined };
    const manifest = await catManifest({ from: store, repo: REPO, sha256: stored.ref.manifest });
    return { heads: stored.ref.heads, snapshots: manifest?.snapshots ?? {}, tableId: manifest?.tableId };
  };
  return Object.assign(Object.create(store) as ObjectStore, {
    get: store.get.bind(store),
    head: store.head.bind(store),
    list: store.list.bind(store),
    delete: store.delete.bind(store),
    put: async (...args: Parameters<ObjectStore["put"]>) => {
      if (args[0] !== refKey(REPO)) return store.put(...args);
      const before = await shown();
      const info = await store.put(...args);
      const after = await shown();
      if (before.tableId !== undefined) expect(after.tableId).toBe(before.tableId);
      expect(Object.keys(after.snapshots)).toEqual(expect.arrayContaining(Object.keys(before.snapshots)));
      for (const [branch, commit] of Object.entries(before.heads)) {
        const now = commits.get(after.heads[branch] ?? "")?.number ?? 0;
        expect(now).toBeGreaterThanOrEqual(commits.get(commit)?.number ?? 0);
      }
      return info;
    },
  });
}
