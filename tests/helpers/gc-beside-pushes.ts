/**
 * Pushes, some of which die, beside clean-ups, some of which die: the server's own steps over a bucket in memory, every operation of
 * which takes its turn by a seed, under a clock that the seed moves. Looked at whenever something is deleted: no ref names it, and no push
 * under way was told lately that it is there. Looked at in the end: all that is needed is there, and nothing else once its graces are over.
 */
import { BUCKET_GRACES } from "../../src/gc/collect-garbage.ts";
import { relyOn } from "../../src/gc/rely-on.ts";
import { sealManifest } from "../../src/protocol/history.ts";
import { isRepobaseError } from "../../src/protocol/errors.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import {
  indexPrefix,
  manifestKey,
  manifestPrefix,
  objectKey,
  refKey,
  snapshotKey,
  snapshotPrefix,
} from "../../src/protocol/keys.ts";
import type { Manifest } from "../../src/protocol/manifest.ts";
import { encodeRef, type Ref } from "../../src/protocol/ref.ts";
import { encodeSnapshot, makeSnapshot } from "../../src/protocol/snapshot.ts";
import { readWhole } from "../../src/search/find-commit.ts";
import { asBucket, type Bucket } from "../../src/server/bucket.ts";
import { collectRepo } from "../../src/server/collect-garbage.ts";
import { moveRef } from "../../src/server/move-ref.ts";
import { readCurrent } from "../../src/server/read-index.ts";
import { storeOnce } from "../../src/server/store-once.ts";
import { UsageMeter } from "../../src/server/usage-meter.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import { Random } from "./random.ts";
import { Crash } from "./with-faults.ts";

const REPO = "demo";
const USER = "alice";
const TABLE_ID = "0123456789abcdef0123456789abcdef";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const { young, planned } = BUCKET_GRACES;

/** Contents, so that a push often finds what another left. */
interface Part {
  readonly key: string;
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

export interface GcTally {
  readonly moved: number;
  readonly deleted: number;
  readonly relied: number;
}

export async function runGcBesidePushes(seed: number): Promise<GcTally> {
  const world = new World(seed);
  await world.prepare();
  await world.run();
  await world.finish();
  return world.tally;
}

class World {
  readonly tally = { moved: 0, deleted: 0, relied: 0 };
  readonly #random: Random;
  #now = Date.parse("2026-01-01T00:00:00Z");
  readonly #store = new MemoryStore({ now: () => this.#now });
  /** What is looked at without a turn. */
  readonly #plain = asBucket(this.#store);
  readonly #usage: UsageMeter;
  #objects: Part[] = [];
  #snapshots: Part[] = [];
  /** key -> when a push that is under way was last told that it is there. */
  readonly #told = new Map<object, Map<string, number>>();
  /** Under way at the server. */
  #requests = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
    const none = { repos: null, files: null, bytes: null };
    this.#usage = new UsageMeter({ bucket: asBucket(new MemoryStore()), quota: none, now: () => this.#now });
  }

  async prepare(): Promise<void> {
    for (let n = 0; n < 10; n++) {
      const bytes = new TextEncoder().encode(`object ${n}`);
      const path = `files.lance/data/${"abcdefghij"[n]}.lance`;
      this.#objects.push({ path, key: objectKey(REPO, path), bytes, sha256: await sha256Hex(bytes) });
    }
    for (let n = 0; n < 60; n++) {
      const commit = commitOf(n);
      const snapshot = makeSnapshot({ repo: REPO, tableId: TABLE_ID, commit, fileIds: [n] });
      const bytes = encodeSnapshot(snapshot);
      const sha256 = await sha256Hex(bytes);
      this.#snapshots.push({ path: commit, key: snapshotKey(REPO, TABLE_ID, sha256), bytes, sha256 });
    }
  }

  async run(): Promise<void> {
    const actors = [this.#pushes(), this.#pushes(), this.#collections()];
    if (this.#random.below(3) === 0) actors.push(this.#collections());
    await Promise.all(actors);
  }

  /** Nobody pushes any more. What the last ones left goes, within the two graces and no sooner needed things. */
  async finish(): Promise<void> {
    for (const wait of [young + HOUR, planned + HOUR, 0]) {
      this.#now += wait;
      await collectRepo(this.#cleaning(this.#plain));
    }
    const needed = await this.#needed();
    const left: string[] = [];
    for (const prefix of [indexPrefix(REPO), snapshotPrefix(REPO), manifestPrefix(REPO)])
      for await (const { key } of this.#plain.list(prefix)) if (!key.includes("/_versions/")) left.push(key);
    const missing = [...needed].filter((key) => !left.includes(key));
    const outlived = left.filter((key) => !needed.has(key));
    if (missing.length > 0) throw new Error(`needed and gone: ${missing.join(", ")}`);
    if (outlived.length > 0) throw new Error(`outlived its graces: ${outlived.join(", ")}`);
  }

  async #pushes(): Promise<void> {
    for (let n = 3 + this.#random.below(3); n > 0; n--) {
      const push = {};
      this.#told.set(push, new Map());
      try {
        await this.#push(push, this.#bucket(this.#random.below(4) === 0 ? 5 + this.#random.below(60) : undefined));
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
      }
      this.#told.delete(push);
      await this.#sleep(this.#random.pick([0, MINUTE, HOUR, 30 * HOUR]));
    }
  }

  async #collections(): Promise<void> {
    for (let n = 6 + this.#random.below(4); n > 0; n--) {
      this.#requests++;
      try {
        await collectRepo(
          this.#cleaning(this.#bucket(this.#random.below(4) === 0 ? 3 + this.#random.below(30) : undefined)),
        );
      } catch (error) {
        // the ref moved, and what it had named went, between two of its reads: then it deletes nothing
        const isOvertaken = isRepobaseError(error, "transient", "corrupt_index");
        if (!(error instanceof Crash) && !isOvertaken) throw error;
      }
      this.#requests--;
      await this.#sleep(this.#random.pick([MINUTE, HOUR, 20 * HOUR, 25 * HOUR]));
    }
  }

  /** What a push does, in its order; once more when it lost, as a push does. */
  async #push(push: object, home: Bucket): Promise<void> {
    for (let attempt = 0; attempt < 12; attempt++) {
      const current = await currentOf(home);
      const whole = current && (await readWhole({ store: home, repo: REPO, manifest: current.manifest }));
      const { manifest, parts } = this.#next(whole);
      const sealed = await sealManifest(manifest);
      const known = new Set(
        whole && [...whole.objects.map(({ path }) => objectKey(REPO, path)), ...keysOfSnapshots(whole)],
      );
      for (const part of parts) if (!known.has(part.key)) await this.#send(push, home, part);
      await this.#sleep(this.#random.pick([0, 0, 0, MINUTE, 3 * HOUR]));
      for (const page of sealed.pages)
        await this.#send(push, home, { ...page, path: "", key: snapshotKey(REPO, TABLE_ID, page.sha256) });
      await this.#send(push, home, { ...sealed, path: "", key: manifestKey(REPO, sealed.sha256) });
      if (
        await this.#move(push, home, { ref: current?.ref, etag: current?.stored.etag, manifest, sha256: sealed.sha256 })
      )
        return;
    }
  }

  async #move(
    push: object,
    home: Bucket,
    of: { ref: Ref | undefined; etag: string | undefined; manifest: Manifest; sha256: string },
  ): Promise<boolean> {
    const head = this.#random.pick(Object.keys(of.manifest.snapshots));
    const ref: Ref = {
      format: 1,
      manifest: of.sha256,
      default: "main",
      heads: { main: head },
      generation: (of.ref?.generation ?? 0) + 1,
      device: `device-${this.#random.below(1000)}`,
      pushedAt: "2026-01-01T00:00:00.000Z",
      source: { name: REPO, url: null },
    };
    // the one limit (docs/SYNC.md): a first push of more than a day, whose ref nothing can keep from being written
    const first = Math.min(...(this.#told.get(push)?.values() ?? []));
    if (of.ref === undefined && this.#now - first >= planned) {
      this.#told.set(push, new Map());
      return false;
    }
    this.#requests++;
    try {
      await moveRef({
        home,
        repo: REPO,
        bytes: encodeRef(ref),
        onlyIf: of.etag === undefined ? { absent: true } : { etag: of.etag },
        userId: USER,
        usage: this.#usage,
        now: () => this.#now,
        signal: new AbortController().signal,
        finish: (work) => work,
        onMoved: () => undefined,
      });
      this.tally.moved++;
      return true;
    } catch (error) {
      if (isRepobaseError(error, "missing_objects")) {
        const oldest = Math.min(...(this.#told.get(push)?.values() ?? []));
        if (this.#now - oldest < planned) throw error;
        this.#told.set(push, new Map());
        return false;
      }
      if (isRepobaseError(error, "remote_moved", "transient", "busy", "corrupt_index")) return false;
      throw error;
    } finally {
      this.#requests--;
    }
  }

  /** As a push does: some ask before they send. */
  async #send(push: object, home: Bucket, part: Part): Promise<void> {
    for (let attempt = 0; attempt < 40; attempt++) {
      this.#requests++;
      try {
        return await this.#sendOnce(push, home, part);
      } catch (error) {
        if (!isRepobaseError(error, "transient")) throw error;
      } finally {
        this.#requests--;
      }
      // in all less than a mark of a deletion holds: one call to a bucket does not take minutes
      await this.#sleep(500);
    }
  }

  async #sendOnce(push: object, home: Bucket, { key, sha256, bytes }: Part): Promise<void> {
    if (this.#random.below(3) === 0) {
      await relyOn(home, key);
      if ((await home.head(key)) !== undefined) return this.#note(push, key);
    }
    const admit = async () => async () => undefined;
    const { created } = await storeOnce({ home, key, body: bytes, sha256, admit });
    if (!created) this.tally.relied++;
    this.#note(push, key);
  }

  #note(push: object, key: string): void {
    this.#told.get(push)?.set(key, this.#now);
  }

  /** Some objects more, some merged away; a commit more; now and then many commits, or only the newest. */
  #next(before: Manifest | undefined): { manifest: Manifest; parts: readonly Part[] } {
    const random = this.#random;
    const objects = this.#objects.filter(({ path }) => {
      const had = before?.objects.some((object) => object.path === path) ?? false;
      return had ? random.below(4) > 0 : random.below(4) === 0;
    });
    const known = before ? Object.keys(before.snapshots) : [];
    const added = random.below(8) === 0 ? 50 : 1;
    const kept = random.below(6) === 0 ? known.slice(-3) : known;
    const start = random.below(this.#snapshots.length - added + 1);
    const commits = new Set([...kept, ...this.#snapshots.slice(start, start + added).map(({ path }) => path)]);
    const snapshots = this.#snapshots.filter(({ path }) => commits.has(path));
    const manifest: Manifest = {
      format: 3,
      repo: REPO,
      tableId: TABLE_ID,
      model: { id: "test", dim: 8 },
      chunker: "test",
      table: { name: "files.lance", version: 1 + random.below(50), manifest: "AAAA" },
      stats: { files: 1, rows: 1, bytes: 1 },
      snapshots: Object.fromEntries(snapshots.map(({ path, sha256 }) => [path, sha256])),
      log: [...commits].map((commit) => ({ commit })),
      segments: [],
      objects: objects.map(({ path, bytes, sha256 }) => ({ path, sha256, size: bytes.length })),
    };
    return { manifest, parts: [...objects, ...snapshots] };
  }

  #cleaning(home: Bucket) {
    return { home, repo: REPO, userId: USER, usage: this.#usage, graces: BUCKET_GRACES, now: () => this.#now };
  }

  async #sleep(ms: number): Promise<void> {
    // no request lasts for hours
    if (ms > 15_000) while (this.#requests > 0) await this.#turn();
    this.#now += ms;
  }

  async #turn(): Promise<void> {
    for (let ticks = this.#random.below(4); ticks >= 0; ticks--) await new Promise<void>((done) => setImmediate(done));
    this.#now += this.#random.below(50);
  }

  /** @param dies at which operation; undefined: it does not */
  #bucket(dies: number | undefined): Bucket {
    let calls = 0;
    const step = async <T>(work: () => Promise<T>): Promise<T> => {
      await this.#turn();
      if (dies !== undefined && ++calls >= dies) {
        if (calls === dies && this.#random.below(2) === 0) await work();
        throw new Crash("killed");
      }
      return work();
    };
    const { list } = this.#plain;
    return {
      get: (key, options) => step(() => this.#plain.get(key, options)),
      head: (key, options) => step(() => this.#plain.head(key, options)),
      open: (key, options) => step(() => this.#plain.open(key, options)),
      put: (key, bytes, options) => step(() => this.#plain.put(key, bytes, options)),
      putBody: (key, body, options) => step(() => this.#plain.putBody(key, body, options)),
      delete: (key) => step(() => this.#plain.delete(key)),
      deleteMany: (keys) => step(() => this.#delete(keys)),
      async *list(prefix) {
        const found = await step(() => Array.fromAsync(list(prefix)));
        yield* found;
      },
    };
  }

  async #delete(keys: readonly string[]): Promise<void> {
    const needed = await this.#needed();
    for (const key of keys) {
      if (needed.has(key)) throw new Error(`the ref names what is deleted: ${key}`);
      for (const told of this.#told.values())
        // the plan was being written when it was told: a grace less the minutes of that
        if (this.#now - (told.get(key) ?? 0) < planned - 10 * MINUTE)
          throw new Error(`a push under way was told that it is there: ${key}`);
      await this.#plain.delete(key);
      this.tally.deleted++;
    }
  }

  /** By the ref as it is now, told without the code under test. */
  async #needed(): Promise<Set<string>> {
    const stored = await this.#plain.get(refKey(REPO));
    if (!stored) return new Set();
    const read = async (key: string) => JSON.parse(new TextDecoder().decode((await this.#plain.get(key))?.bytes));
    const name = (JSON.parse(new TextDecoder().decode(stored.bytes)) as Ref).manifest;
    const manifest = (await read(manifestKey(REPO, name))) as Manifest;
    const keys = [
      manifestKey(REPO, name),
      ...manifest.objects.map(({ path }) => objectKey(REPO, path)),
      ...keysOfSnapshots(manifest),
    ];
    for (let page = manifest.history?.sha256; page !== undefined;) {
      const key = snapshotKey(REPO, TABLE_ID, page);
      const { commits, older } = (await read(key)) as { commits: { snapshot: string }[]; older?: string };
      keys.push(key, ...commits.map(({ snapshot }) => snapshotKey(REPO, TABLE_ID, snapshot)));
      page = older;
    }
    return new Set(keys);
  }
}

/** As a reader does: what a ref named is gone where the ref has moved, a day passed, and only then the manifest was asked for. */
async function currentOf(home: Bucket) {
  for (;;)
    try {
      return await readCurrent(home, REPO);
    } catch (error) {
      if (!isRepobaseError(error, "corrupt_index")) throw error;
    }
}

const commitOf = (n: number): string => n.toString(16).padStart(40, "0");

const keysOfSnapshots = ({ snapshots }: Pick<Manifest, "snapshots">): string[] =>
  Object.values(snapshots).map((sha256) => snapshotKey(REPO, TABLE_ID, sha256));
