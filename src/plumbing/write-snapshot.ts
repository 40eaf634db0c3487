/** Stores a snapshot under its own hash. Writing the same one again changes nothing. */
import { sha256Hex } from "../protocol/hash.ts";
import { snapshotKey } from "../protocol/keys.ts";
import { encodeSnapshot, type Snapshot } from "../protocol/snapshot.ts";
import { writeNamed } from "./write-named.ts";
import type { ObjectStore } from "../store/object-store.ts";

/** @returns its name, which the manifest lists */
export async function writeSnapshot(of: { readonly to: ObjectStore; readonly snapshot: Snapshot }): Promise<string> {
  const { repo, tableId } = of.snapshot;
  const bytes = encodeSnapshot(of.snapshot);
  const sha256 = await sha256Hex(bytes);
  await writeNamed({ to: of.to, key: snapshotKey(repo, tableId, sha256), bytes, sha256 });
  return sha256;
}
