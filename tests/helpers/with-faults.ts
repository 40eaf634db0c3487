/** A store that fails on purpose at the n-th call, counted over every store that shares one `FaultPlan`. */
import type { GetOptions, ObjectInfo, ObjectStore, PutOptions, StoredObject } from "../../src/store/object-store.ts";

export class Crash extends Error {}

/**
 * `before`: the call is not made; `after`: it is made and its answer is lost. From the n-th call on every call fails, as if
 * the process had died there; or, with `once`, only the n-th.
 */
export class FaultPlan {
  calls = 0;
  constructor(
    readonly at: number,
    readonly when: "before" | "after",
    readonly error: () => Error = () => new Crash("crashed here"),
    readonly once = false,
  ) {}

  async run<T>(call: () => Promise<T>): Promise<T> {
    const n = ++this.calls;
    const hit = this.once ? n === this.at : n >= this.at;
    if (!hit) return call();
    // only the n-th reaches the store: after it the process is dead
    if (this.when === "after" && n === this.at) await call();
    throw this.error();
  }
}

export function withFaults(store: ObjectStore, plan: FaultPlan): ObjectStore {
  return {
    get: (key: string, options?: GetOptions): Promise<StoredObject | undefined> =>
      plan.run(() => store.get(key, options)),
    head: (key: string): Promise<ObjectInfo | undefined> => plan.run(() => store.head(key)),
    put: (key: string, bytes: Uint8Array, options?: PutOptions): Promise<ObjectInfo | undefined> =>
      plan.run(() => store.put(key, bytes, options)),
    delete: (key: string): Promise<void> => plan.run(() => store.delete(key)),
    async *list(prefix: string): AsyncIterable<ObjectInfo> {
      yield* await plan.run(async () => store.list(prefix));
    },
  };
}
