/**
 * What every ObjectStore must do, run over all of them. Keys have the shapes of protocol/keys.ts, because the remote store
 * takes no others; what one store cannot do by its nature is switched off by name, never skipped in silence.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sha256Hex } from "../../src/protocol/hash.ts";
import type { ObjectInfo, ObjectStore } from "../../src/store/object-store.ts";
import { codeOf, randomBytes } from "../helpers/sync-fixtures.ts";

export interface ContractSubject {
  readonly store: ObjectStore;
  close?(): Promise<void>;
}

export interface ContractLimits {
  /** The HTTP API has no listing. */
  readonly lists?: false;
  /** The HTTP API takes an index object once and never again, condition or not. */
  readonly overwrites?: false;
}

export function storeContract(name: string, open: () => Promise<ContractSubject>, limits: ContractLimits = {}): void {
  describe(`store contract: ${name}`, () => {
    let subject: ContractSubject;
    let store: ObjectStore;
    beforeAll(async () => {
      subject = await open();
      store = subject.store;
    });
    afterAll(async () => subject.close?.());

    const freshKey = () => `index/contract/files.lance/data/${crypto.randomUUID()}.lance`;
    /** A key of the mutable kind. */
    const mutable = "config.json";
    const json = (n: number) => new TextEncoder().encode(JSON.stringify({ n }));
    const listed = async (prefix: string) => {
      const found: ObjectInfo[] = [];
      for await (const info of store.list(prefix)) found.push(info);
      return found;
    };

    test("what was put is got, headed, and nothing else is", async () => {
      const key = freshKey();
      expect(await store.get(key)).toBeUndefined();
      expect(await store.head(key)).toBeUndefined();
      const bytes = randomBytes(100_000);
      const put = await store.put(key, bytes, { onlyIf: { absent: true }, sha256: await sha256Hex(bytes) });
      const got = await store.get(key);
      expect(got?.bytes).toEqual(bytes);
      const head = await store.head(key);
      for (const info of [put, got, head])
        expect(info).toMatchObject({ key, size: bytes.length, etag: head?.etag as string });
      expect(Math.abs((head?.uploaded ?? 0) - Date.now())).toBeLessThan(60_000);
    });

    test("a read whose caller has given up is interrupted, and the next one is not", async () => {
      const key = freshKey();
      const bytes = randomBytes(10);
      await store.put(key, bytes, { onlyIf: { absent: true }, sha256: await sha256Hex(bytes) });
      const signal = AbortSignal.abort();
      expect(await codeOf(store.get(key, { signal }))).toBe("interrupted");
      expect(await codeOf(store.get(key, { range: { offset: 0, length: 1 }, signal }))).toBe("interrupted");
      expect(await codeOf(store.head(key, { signal }))).toBe("interrupted");
      if (limits.lists !== false) {
        const listing = (async () => {
          for await (const _ of store.list("index/", { signal }));
        })();
        expect(await codeOf(listing)).toBe("interrupted");
      }
      expect((await store.get(key))?.size).toBe(10);
    });

    test("an empty object is an object", async () => {
      const key = freshKey();
      const empty = new Uint8Array();
      await store.put(key, empty, { onlyIf: { absent: true }, sha256: await sha256Hex(empty) });
      expect((await store.get(key))?.bytes).toEqual(empty);
      expect((await store.head(key))?.size).toBe(0);
    });

    test("ranges: inside, clamped at the end, refused beyond it", async () => {
      const key = freshKey();
      const bytes = randomBytes(1000);
      await store.put(key, bytes, { onlyIf: { absent: true }, sha256: await sha256Hex(bytes) });
      const middle = await store.get(key, { range: { offset: 100, length: 50 } });
      expect(middle?.bytes).toEqual(bytes.slice(100, 150));
      expect(middle?.size).toBe(1000);
      expect((await store.get(key, { range: { offset: 990, length: 50 } }))?.bytes).toEqual(bytes.slice(990));
      expect(await codeOf(store.get(key, { range: { offset: 1000, length: 1 } }))).toBe("range_not_satisfiable");
      expect(await codeOf(store.get(key, { range: { offset: 5000, length: 1 } }))).toBe("range_not_satisfiable");
      for (const range of [
        { offset: 0, length: 0 },
        { offset: -1, length: 1 },
        { offset: 0.5, length: 1 },
      ])
        expect(await codeOf(store.get(key, { range }))).toBe("usage");
      expect(await store.get(freshKey(), { range: { offset: 0, length: 1 } })).toBeUndefined();
    });

    test("a wrong sha256 writes nothing", async () => {
      const key = freshKey();
      const bytes = randomBytes(10);
      const wrong = await sha256Hex(randomBytes(11));
      expect(await codeOf(store.put(key, bytes, { onlyIf: { absent: true }, sha256: wrong }))).toBe("hash_mismatch");
      expect(await store.head(key)).toBeUndefined();
    });

    test("absent: the second is refused and the first stays", async () => {
      const key = freshKey();
      const [first, second] = [randomBytes(10), randomBytes(10)];
      expect(await store.put(key, first, { onlyIf: { absent: true }, sha256: await sha256Hex(first) })).toBeDefined();
      expect(
        await store.put(key, second, { onlyIf: { absent: true }, sha256: await sha256Hex(second) }),
      ).toBeUndefined();
      expect((await store.get(key))?.bytes).toEqual(first);
    });

    test("absent: of twenty at once one wins, and it is the one that is read", async () => {
      const key = freshKey();
      const bodies = Array.from({ length: 20 }, () => randomBytes(2000));
      const hashes = await Promise.all(bodies.map(sha256Hex));
      const results = await Promise.all(
        bodies.map((b, i) => store.put(key, b, { onlyIf: { absent: true }, sha256: hashes[i] })),
      );
      expect(results.filter((r) => r !== undefined)).toHaveLength(1);
      const winner = results.findIndex((r) => r !== undefined);
      expect((await store.get(key))?.bytes).toEqual(bodies[winner] as Uint8Array<ArrayBuffer>);
    });

    test("etag: the right one moves it, a stale or foreign one does not", async () => {
      const absent = await store.put(mutable, json(0), { onlyIf: { absent: true } });
      const first = absent ?? (await store.head(mutable));
      if (first === undefined) throw new Error("no first version");
      const second = await store.put(mutable, json(1), { onlyIf: { etag: first.etag } });
      expect(second).toBeDefined();
      expect(second?.etag).not.toBe(first.etag);
      expect(await store.put(mutable, json(2), { onlyIf: { etag: first.etag } })).toBeUndefined();
      expect((await store.get(mutable))?.bytes).toEqual(json(1));
    });

    test("etag: of ten at once one wins", async () => {
      const before = await store.head(mutable);
      const etag = before?.etag ?? "";
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, i) => store.put(mutable, json(100 + i), { onlyIf: { etag } })),
      );
      expect(results.filter((r) => r !== undefined)).toHaveLength(1);
      const winner = results.findIndex((r) => r !== undefined);
      expect((await store.get(mutable))?.bytes).toEqual(json(100 + winner));
    });

    test("deleted is gone; deleting nothing is no error", async () => {
      const key = freshKey();
      await store.put(key, randomBytes(5), { onlyIf: { absent: true }, sha256: undefined });
      await store.delete(key);
      expect(await store.head(key)).toBeUndefined();
      await store.delete(key);
    });

    test.each(["", "/x", "a//b", "../x", "a/../../x", "a/./b", "a\\b", "a\u0000b", "index/r/files.lance/.tmp-1", "x/"])(
      "the key %j is refused",
      async (key) => {
        expect(await codeOf(store.get(key))).toBe("usage");
        expect(await codeOf(store.head(key))).toBe("usage");
        expect(await codeOf(store.put(key, json(1)))).toBe("usage");
        expect(await codeOf(store.delete(key))).toBe("usage");
      },
    );

    if (limits.overwrites !== false) {
      test("an unconditional put replaces, and its etag is new although the bytes are not", async () => {
        const key = freshKey();
        const [a, b] = [randomBytes(10), randomBytes(10)];
        const etags = new Set<string>();
        for (const bytes of [a, b, a]) etags.add((await store.put(key, bytes))?.etag ?? "");
        expect(etags.size).toBe(3);
        expect((await store.get(key))?.bytes).toEqual(a);
      });

      test("an etag that was right for an object now deleted does not hold", async () => {
        const key = freshKey();
        const etag = (await store.put(key, randomBytes(3)))?.etag ?? "";
        await store.delete(key);
        expect(await store.put(key, randomBytes(3), { onlyIf: { etag } })).toBeUndefined();
      });
    }

    if (limits.lists === false) {
      test("list is refused, not empty", async () => {
        expect(await codeOf(listed("index/"))).toBe("usage");
      });
    } else {
      test("list: in key order, by any prefix, with sizes and etags", async () => {
        const keys = ["a-b", "a.c", "a/b", "a/b-c/d", "a/b/e", "ab"].map((k) => `snapshots/list/${k}`);
        for (const key of keys.filter((k) => k !== "snapshots/list/a/b")) await store.put(key, randomBytes(key.length));
        const expected = keys.filter((k) => k !== "snapshots/list/a/b").sort();
        const found = await listed("snapshots/list/");
        expect(found.map((i) => i.key)).toEqual(expected);
        for (const info of found)
          expect(info).toMatchObject({ size: info.key.length, etag: (await store.head(info.key))?.etag as string });
        expect((await listed("snapshots/list/a/b")).map((i) => i.key)).toEqual(
          expected.filter((k) => k.startsWith("snapshots/list/a/b")),
        );
        expect((await listed("snapshots/list/ab")).map((i) => i.key)).toEqual(["snapshots/list/ab"]);
        expect(await listed("snapshots/nothing/")).toEqual([]);
        expect(await codeOf(listed("../"))).toBe("usage");
      });
    }
  });
}
