/**
 * The plan of a collection: what lay in a store with nobody needing it, and since when that is known. It lies beside the index, and
 * changes by compare-and-swap only. What is in it is deleted once it has been there for a grace; whoever comes to rely on something
 * in it before takes it out (rely-on.ts).
 */
import { array, exactOptional } from "valibot";
import { canonicalJson } from "../protocol/canonical-json.ts";
import { count, decodeDocument, type DocumentType, fields, text, yesNo } from "../protocol/decode.ts";
import { isRepobaseError } from "../protocol/errors.ts";
import { clockKey, planKey } from "../protocol/keys.ts";
import type { ObjectStore } from "../store/object-store.ts";

export interface Planned {
  readonly key: string;
  readonly size: number;
  /** When the store wrote it: written again since, it is another object. */
  readonly uploaded: number;
  /** Since when it is in the plan, ms by the store's clock. */
  readonly since: number;
  /** It is being deleted: nobody may rely on it any more. */
  readonly taken?: boolean;
}

export interface GcPlan {
  readonly format: number;
  readonly keys: readonly Planned[];
}

export interface StoredPlan {
  readonly plan: GcPlan;
  /** undefined: there is none, or none that can be read. */
  readonly etag: string | undefined;
  /** When it last changed, ms by the store's clock. */
  readonly changed: number;
}

const PLAN: DocumentType<GcPlan> = {
  name: "plan of a clean-up",
  format: 1,
  damaged: "corrupt_index",
  schema: fields({
    format: count,
    keys: array(
      fields({ key: text, size: count, uploaded: count, since: count, taken: exactOptional(yesNo) }),
      "must be a list",
    ),
  }),
};

const EMPTY: GcPlan = { format: 1, keys: [] };

/** A damaged plan is none: what it says is found again. */
export async function readPlan(store: ObjectStore, repo: string): Promise<StoredPlan> {
  const key = planKey(repo);
  const stored = await store.get(key);
  if (stored === undefined) return { plan: EMPTY, etag: undefined, changed: 0 };
  try {
    return { plan: decodeDocument(PLAN, stored.bytes, key), etag: stored.etag, changed: stored.uploaded };
  } catch (error) {
    if (!isRepobaseError(error, "corrupt_index")) throw error;
    return { plan: EMPTY, etag: stored.etag, changed: stored.uploaded };
  }
}

/** @returns false when somebody changed it meanwhile (nothing was written) */
export async function writePlan(
  store: ObjectStore,
  of: { readonly repo: string; readonly before: StoredPlan; readonly keys: readonly Planned[] },
): Promise<boolean> {
  const { before, keys } = of;
  const bytes = new TextEncoder().encode(canonicalJson({ format: 1, keys }));
  const onlyIf = before.etag === undefined ? ({ absent: true } as const) : { etag: before.etag };
  return (await store.put(planKey(of.repo), bytes, { onlyIf })) !== undefined;
}

/** What the store says the time is: that of an object that it writes now. */
export async function storeTime(store: ObjectStore, repo: string): Promise<number> {
  const written = await store.put(clockKey(repo), new Uint8Array());
  await store.delete(clockKey(repo));
  if (written === undefined) throw new Error("a put without a condition writes");
  return written.uploaded;
}
