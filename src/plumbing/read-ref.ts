/** The ref of one repository, with the etag that its next move must name. */
import { refKey } from "../protocol/keys.ts";
import { decodeRef, type Ref } from "../protocol/ref.ts";
import type { ObjectStore } from "../store/object-store.ts";

export interface StoredRef {
  readonly ref: Ref;
  readonly etag: string;
}

/** undefined: the store has no such repository. @throws RepobaseError `unsupported_format`, `corrupt_index` */
export async function readRef(of: {
  readonly from: ObjectStore;
  readonly repo: string;
}): Promise<StoredRef | undefined> {
  const stored = await of.from.get(refKey(of.repo));
  return stored && { ref: decodeRef(stored.bytes, refKey(of.repo)), etag: stored.etag };
}
