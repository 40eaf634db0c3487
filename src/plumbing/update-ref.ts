/** Moves the ref of one repository by compare-and-swap: the last step of a push and of a pull, and the only one that shows. */
import { RepobaseError } from "../protocol/errors.ts";
import { refKey } from "../protocol/keys.ts";
import { encodeRef, type Ref } from "../protocol/ref.ts";
import { sha256Hex } from "../protocol/hash.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { StoredRef } from "./read-ref.ts";

/**
 * @param of.expected the ref as it was read; undefined: there was none
 * @returns undefined when somebody moved it meanwhile (nothing was written)
 * @throws RepobaseError `missing_objects` from a server that finds the manifest or its objects incomplete (S1)
 */
export async function updateRef(of: {
  readonly to: ObjectStore;
  readonly repo: string;
  readonly ref: Ref;
  readonly expected: StoredRef | undefined;
}): Promise<StoredRef | undefined> {
  const bytes = encodeRef(of.ref);
  const onlyIf = of.expected === undefined ? ({ absent: true } as const) : { etag: of.expected.etag };
  const info = await of.to.put(refKey(of.repo), bytes, { onlyIf, sha256: await sha256Hex(bytes) });
  return info && { ref: of.ref, etag: info.etag };
}

/** Another process moved the local ref although the caller holds the lock: nothing was lost, but it must be done again. */
export const movedLocally = (repo: string) =>
  new RepobaseError("busy", `the index of "${repo}" changed meanwhile`, { hint: "run it again", fields: { repo } });
