/**
 * A push that finds an object "already there" will name it without sending it. Where that object is in the plan of a collection, it
 * is taken out of it, so that it stays for at least one more grace; where it is being deleted this very moment, the push is told
 * to come back, and then sends it.
 * (Writing the object again would not do: a delete has no condition, and one on its way would take the new bytes for the old ones.)
 */
import { RepobaseError } from "../protocol/errors.ts";
import { parseKey } from "../protocol/keys.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { readPlan, storeTime, writePlan } from "./plan.ts";

/** Nobody deletes for so long: what was taken before is left by a collection that died. */
export const DELETING_MS = 3 * 60 * 1000;
const TRIES = 5;

/**
 * @returns whether to look again if the object is there, since it may have been deleted until now
 * @throws RepobaseError `transient` when it is being deleted, or the plan keeps changing
 */
export async function relyOn(store: ObjectStore, key: string): Promise<boolean> {
  const repo = parseKey(key)?.names[0];
  if (repo === undefined) return false;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const before = await readPlan(store, repo);
    const planned = before.plan.keys.find((each) => each.key === key);
    // a plan, once written, stays: without one nothing was ever deleted
    if (planned === undefined) return before.etag !== undefined;
    if (planned.taken && (await storeTime(store, repo)) - before.changed < DELETING_MS) break;
    const keys = before.plan.keys.filter((each) => each.key !== key);
    if (await writePlan(store, { repo, before, keys })) return true;
  }
  throw new RepobaseError("transient", `"${key}" is being cleaned up`, { hint: "try again in a moment" });
}
