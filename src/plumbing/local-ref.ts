/**
 * The ref at home. It is a ref as in the bucket, and carries beside it, in the same file, what this home and one cloud last agreed
 * on (`synced`): both move in one step, so no crash and no copy of the home leaves one of them older than the other.
 */
import { checkDocument, type DocumentType, fields, textThat } from "../protocol/decode.ts";
import { isSpaceId } from "../protocol/keys.ts";
import { REF, type Ref } from "../protocol/ref.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { canonicalJson } from "../protocol/canonical-json.ts";
import type { StoredRef } from "./read-ref.ts";
import { updateRef } from "./update-ref.ts";

/** The remote's ref as the last push or pull left it. */
export interface Synced {
  /** The server's own identity of the bucket and the user in it: no address, no key. */
  readonly spaceId: string;
  readonly ref: Ref;
}

const SYNCED: DocumentType<Synced> = {
  name: "synced ref",
  damaged: "corrupt_index",
  schema: fields({ spaceId: textThat(isSpaceId, "a space id"), ref: REF.schema }),
};

/** undefined: never synced, with a server that has no identity, or not readable, which is as good as never. */
export function syncedIn(local: Ref | undefined): Synced | undefined {
  if (local === undefined || !("synced" in local)) return undefined;
  try {
    return checkDocument(SYNCED, local.synced);
  } catch {
    return undefined;
  }
}

/**
 * What holds as the common past with the remote's ref `there`. A remote whose generation went back was restored from a copy,
 * or is another one behind the same name: it shares no past that this home could know of.
 * @param of.spaceId the remote's identity; only asked when the remote moved since
 */
export async function baseFor(of: {
  readonly here: Ref | undefined;
  readonly there: Ref;
  readonly spaceId: () => Promise<string | undefined>;
}): Promise<Ref | undefined> {
  const synced = syncedIn(of.here);
  if (synced === undefined || sameRef(synced.ref, of.there)) return synced?.ref;
  if (synced.ref.generation >= of.there.generation) return undefined;
  return (await of.spaceId()) === synced.spaceId ? synced.ref : undefined;
}

/** What is remembered of a sync that left the remote at `ref`; undefined: nothing, of a server without an identity. */
export async function syncedAt(
  of: { readonly spaceId: () => Promise<string | undefined> },
  ref: Ref,
): Promise<Synced | undefined> {
  const spaceId = await of.spaceId();
  return spaceId === undefined ? undefined : { spaceId, ref };
}

/** Byte for byte, device and time included: no two moves of a ref are so. */
export const sameRef = (a: Ref, b: Ref): boolean => canonicalJson(a) === canonicalJson(b);

/**
 * Moves the local ref.
 * @param of.synced absent: as `expected` has it
 * @returns undefined when somebody moved it meanwhile (nothing was written)
 */
export async function updateLocalRef(of: {
  readonly to: ObjectStore;
  readonly repo: string;
  readonly ref: Ref;
  readonly expected: StoredRef | undefined;
  readonly synced?: Synced | undefined;
}): Promise<StoredRef | undefined> {
  const { to, repo, ref, expected } = of;
  const synced = "synced" in of ? of.synced : syncedIn(expected?.ref);
  const { synced: _, ...plain } = ref as Ref & { synced?: unknown };
  return updateRef({ to, repo, ref: synced ? Object.assign(plain, { synced }) : plain, expected });
}
