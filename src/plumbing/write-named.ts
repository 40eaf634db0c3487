/**
 * Stores a document under its own hash. Bytes that lie there already are looked at: where they are not the ones of the name they are
 * damaged, and these take their place, so that writing it again mends it.
 */
import { sha256Hex } from "../protocol/hash.ts";
import type { ObjectStore } from "../store/object-store.ts";

export async function writeNamed(of: {
  readonly to: ObjectStore;
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}): Promise<void> {
  const { to, key, bytes, sha256 } = of;
  if ((await to.put(key, bytes, { onlyIf: { absent: true }, sha256 })) !== undefined) return;
  const there = await to.get(key);
  if (there === undefined || (await sha256Hex(there.bytes)) === sha256) return;
  await to.put(key, bytes, { sha256 });
}
