/** A machine with a home of its own, syncing with a bucket, as the commands do. */
import { pull, type PullInput } from "../../src/porcelain/sync/pull.ts";
import { push } from "../../src/porcelain/sync/push.ts";
import type { PushInput } from "../../src/porcelain/sync/push-contract.ts";
import type { SyncInput } from "../../src/porcelain/sync/sync-common.ts";
import { syncStatus } from "../../src/porcelain/sync/sync-status.ts";
import { DirectoryStore } from "../../src/store/directory-store.ts";
import type { ObjectStore } from "../../src/store/object-store.ts";
import { indexSomething, REPO } from "./sync-fixtures.ts";

/** The identity of the bucket, unless a test says another. */
const SPACE = "5".repeat(32);

export class Device {
  spaceId: string | undefined = SPACE;
  constructor(
    readonly name: string,
    readonly store: ObjectStore,
    readonly remote: ObjectStore,
  ) {}

  input(): SyncInput {
    const { store: local, remote, name: device } = this;
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
      spaceId: async () => this.spaceId,
    };
  }

  push(more: Partial<PushInput> = {}) {
    return push({ ...this.input(), ...more });
  }

  pull(more: Partial<PullInput> = {}) {
    return pull({ ...this.input(), ...more });
  }

  status() {
    return syncStatus(this.input());
  }

  index(tableId: string, more: Partial<Parameters<typeof indexSomething>[0]> = {}) {
    return indexSomething({ store: this.store, tableId, device: this.name, ...more });
  }
}
