/** A device that purges, against a bucket whose sweep is the server's own. */
import { catManifest } from "../../src/plumbing/cat-manifest.ts";
import { purge, type PurgeInput } from "../../src/porcelain/sync/purge.ts";
import { asBucket } from "../../src/server/bucket.ts";
import { sweep } from "../../src/server/sweep.ts";
import type { ObjectStore } from "../../src/store/object-store.ts";
import { LanceDevice, refIn } from "./lance-device.ts";
import { REPO } from "./sync-fixtures.ts";

export class PurgingMachine extends LanceDevice {
  override readonly textIndex = true;
  /** The server's clock, ms since the epoch. */
  serverNow: () => number = Date.now;

  private async sweepCloud() {
    const { objects, left } = await sweep({ home: asBucket(this.remote), repo: REPO, now: this.serverNow });
    return { objects, left: left.length };
  }

  override input() {
    return { ...super.input(), sweepCloud: () => this.sweepCloud() };
  }

  purge(patterns: readonly string[], more: Partial<PurgeInput> = {}) {
    const { remote, spaceId, sweepCloud, ...input } = this.input();
    return purge({ ...input, cloud: { remote, spaceId, sweepCloud }, patterns, undo: false, dryRun: false, ...more });
  }
}

/** What a store's ref names. */
export async function manifestOf(store: ObjectStore) {
  const ref = await refIn(store);
  const manifest = ref && (await catManifest({ from: store, repo: REPO, sha256: ref.manifest }));
  if (!manifest) throw new Error("no index");
  return manifest;
}
