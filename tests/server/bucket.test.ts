/** A bucket uses what its store declares it can do, and does without what it does not. */
import { expect, test } from "bun:test";
import { asBucket } from "../../src/server/bucket.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import type { StoreCapabilities } from "../../src/store/object-store.ts";
import { withStats } from "../../src/store/with-stats.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const bodyOf = (text: string) => ({ stream: new Blob([text]).stream(), size: text.length });

/** Streams and deletes at once, and remembers having been asked to. */
class CapableStore extends MemoryStore {
  readonly asked: string[] = [];
  readonly capabilities: StoreCapabilities = {
    streaming: {
      open: async (key) => {
        this.asked.push(`open ${key}`);
        return undefined;
      },
      put: async (key, { size }) => {
        this.asked.push(`put ${key} ${size}`);
        return undefined;
      },
    },
    deleteMany: async (keys) => void this.asked.push(`delete ${keys.join(" ")}`),
  };
}

test("what is declared is used; bytes that are in memory already are put as they are", async () => {
  const store = new CapableStore();
  const bucket = asBucket(store);
  await bucket.open("a");
  await bucket.putBody("a", bodyOf("four"), {});
  await bucket.putBody("b", bytesOf("bytes"), {});
  await bucket.deleteMany(["a", "b"]);
  expect(store.asked).toEqual(["open a", "put a 4", "delete a b"]);
  expect((await store.get("b"))?.bytes).toEqual(bytesOf("bytes"));
});

test.each([
  ["a store that declares nothing", () => new MemoryStore()],
  ["a decorator that does not pass it on", () => withStats(new CapableStore())],
])("%s: bodies are collected, keys deleted one by one", async (_, make) => {
  const bucket = asBucket(make());
  await bucket.putBody("a", bodyOf("0123456789"), {});
  const opened = await bucket.open("a", { range: { offset: 8, length: 5 } });
  expect([opened?.size, opened?.range, opened?.body]).toEqual([10, { offset: 8, length: 2 }, bytesOf("89")]);
  await bucket.putBody("b", bytesOf("b"), {});
  await bucket.deleteMany(["a", "b"]);
  expect([await bucket.head("a"), await bucket.head("b")]).toEqual([undefined, undefined]);
});
