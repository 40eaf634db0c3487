/** Sends one fragment: create-only, its bytes checked here before and by the store after. */
import { RepobaseError } from "../protocol/errors.ts";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";
import { catFragment } from "./cat-object.ts";
import type { Fragment } from "./index-object.ts";

export interface Transferred {
  /** False: it was there already. */
  readonly sent: boolean;
  /** Bytes sent. */
  readonly bytes: number;
}

/**
 * @param of.probe ask first whether it is there: one small request, to save the body after an interrupted push
 * @throws RepobaseError `missing_objects` or `hash_mismatch` (fields: `key`) when the local copy is gone or damaged, or
 *   when other bytes lie at the key
 */
export async function uploadFragment(of: {
  readonly from: ObjectStore;
  readonly to: ObjectStore;
  readonly fragment: Fragment;
  readonly probe?: boolean;
}): Promise<Transferred> {
  const { to, fragment } = of;
  if (of.probe === true) {
    const there = await to.head(fragment.key);
    if (there !== undefined) return alreadyThere(there, fragment);
  }
  const bytes = await catFragment(of);
  const { key, sha256 } = fragment;
  if ((await to.put(key, bytes, { onlyIf: { absent: true }, sha256 })) !== undefined)
    return { sent: true, bytes: bytes.length };
  const there = await to.head(key);
  if (there === undefined)
    throw new RepobaseError("transient", `"${key}" was there and is gone again`, { fields: { key } });
  return alreadyThere(there, { ...fragment, size: bytes.length });
}

function alreadyThere(there: ObjectInfo, { key, sha256, size }: Fragment): Transferred {
  const same = (size === undefined || there.size === size) && (there.sha256 === undefined || there.sha256 === sha256);
  if (same) return { sent: false, bytes: 0 };
  throw new RepobaseError("hash_mismatch", `other bytes lie at "${key}" already`, {
    hint: "repobase verify-manifest --remote tells what is damaged",
    fields: { key, expected: { size, sha256 }, actual: { size: there.size, sha256: there.sha256 } },
  });
}
