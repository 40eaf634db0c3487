/** A machine with a home of its own, syncing with a bucket, as the commands do: it keeps what push and pull return. */
import { pull, type PullInput } from "../../src/porcelain/sync/pull.ts";
import { push, type PushInput } from "../../src/porcelain/sync/push.ts";
import { syncStatus } from "../../src/porcelain/sync/sync-status.ts";
import type { Ref } from "../../src/protocol/ref.ts";
import { DirectoryStore } from "../../src/store/directory-store.ts";
import type { ObjectStore } from "../../src/store/object-store.ts";
import { indexSomething, REPO } from "./sync-fixtures.ts";

export class Device {
  lastSynced?: Ref | undefined;
  constructor(
    readonly name: string,
    readonly store: ObjectStore,
    readonly remote: ObjectStore,
  ) {}

  input(more: Partial<PushInput & PullInput> = {}): PushInput & PullInput {
    const { store: local, remote, name: device, lastSynced } = this;
    const localDir = local instanceof DirectoryStore ? local.dir : "/nowhere";
    const retry = { sleep: async () => undefined };
    return {
      local,
      localDir,
      remote,
      repo: REPO,
      device,
      now: Date.now,
      retry,
      ...(lastSynced && { lastSynced }),
      ...more,
    };
  }

  async push(more: Partial<PushInput> = {}) {
    const result = await push(this.input(more));
    this.lastSynced = result.lastSynced;
    return result;
  }

  async pull(more: Partial<PullInput> = {}) {
    const result = await pull(this.input(more));
    this.lastSynced = result.lastSynced;
    return result;
  }

  status() {
    return syncStatus(this.input());
  }

  index(tableId: string, more: Partial<Parameters<typeof indexSomething>[0]> = {}) {
    return indexSomething({ store: this.store, tableId, device: this.name, ...more });
  }
}
