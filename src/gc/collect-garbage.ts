/**
 * Removes from a store what no ref of a repository needs: marks what is needed, plans what is not, and deletes what has been planned for
 * a grace. An object goes when it is old enough for no push to be waiting to name it (first grace), and then has been in the plan,
 * needed by nobody and relied on by nobody, for a second one, in which readers of an older state finish. All times are the store's.
 * The deletion itself is made safe by `alone` (S1), as long as one call to the store takes less than two minutes. Killed anywhere,
 * the next collection goes on.
 */
import { canonicalJson } from "../protocol/canonical-json.ts";
import type { Garbage, Sum } from "../protocol/cloud-api.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { indexPrefix, LANCE_TRANSACTIONS, LANCE_VERSIONS, manifestPrefix, snapshotPrefix } from "../protocol/keys.ts";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";
import { type Planned, readPlan, type StoredPlan, storeTime, writePlan } from "./plan.ts";
import { DELETING_MS } from "./rely-on.ts";

export interface Graces {
  /** ms since the store wrote an object. Longer than any push takes. */
  readonly young: number;
  /** ms in the plan. Longer than any search or pull takes that began before. */
  readonly planned: number;
}

const DAY = 24 * 3_600_000;
/** In a bucket. */
export const BUCKET_GRACES: Graces = { young: DAY, planned: DAY };

export interface Collection {
  readonly store: ObjectStore;
  readonly repo: string;
  /** Which keys are left alone, whether or not they are needed; absent: none. */
  readonly isHeld?: (key: string) => boolean;
  /** Keys of all that is needed now. @throws when that cannot be told: then nothing is deleted */
  readonly needed: () => Promise<ReadonlySet<string>>;
  /** Runs `work` while nothing that was not needed can come to be needed. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
  readonly deleteMany: (keys: readonly string[]) => Promise<void>;
  readonly graces: Graces;
  /** Of this process: only how long the deletion has run. */
  readonly elapsed: () => number;
}

type Looking = Pick<Collection, "store" | "repo" | "needed" | "isHeld">;

const TRIES = 5;
/** A plan is one document. What is more waits for the next collection. */
const MAX_PLANNED = 5000;
/** As many as R2 deletes in one call. */
const BATCH = 1000;

/** Changes nothing. */
export async function describeGarbage(of: Looking): Promise<Garbage> {
  const { needed, unneeded } = await look(of);
  const { plan } = await readPlan(of.store, of.repo);
  const known = new Set(unneeded.map(({ key }) => key));
  return {
    needed: sumOf(needed),
    unneeded: sumOf(unneeded),
    planned: sumOf(plan.keys.filter(({ key }) => known.has(key))),
    deleted: NOTHING,
  };
}

/** @throws RepobaseError `transient` when the plan keeps changing; what `needed` and the store throw */
export async function collectGarbage(of: Collection): Promise<Garbage> {
  const { store, repo } = of;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const before = await readPlan(store, repo);
    const { needed, unneeded } = await look(of);
    const now = unneeded.length > 0 ? await storeTime(store, repo) : 0;
    const keys = planFor({ unneeded, before, now, graces: of.graces });
    const until = of.elapsed() + DELETING_MS / 3;
    if (!(await replacePlan(of, before, keys))) continue;
    const deleted = keys.some(({ taken }) => taken) ? await of.alone(() => deleteTaken(of, until)) : [];
    const gone = new Set(deleted.map(({ key }) => key));
    return {
      needed: sumOf(needed),
      unneeded: sumOf(unneeded),
      planned: sumOf(keys.filter(({ key }) => !gone.has(key))),
      deleted: sumOf(deleted),
    };
  }
  throw new RepobaseError("transient", `the plan of what to clean up of ${repo} keeps changing`, { hint: "try again" });
}

/** Oldest first. Pure. */
export function planFor(of: {
  readonly unneeded: readonly ObjectInfo[];
  readonly before: Pick<StoredPlan, "plan">;
  readonly now: number;
  readonly graces: Graces;
}): Planned[] {
  const { now, graces } = of;
  const known = new Map(of.before.plan.keys.map((planned) => [planned.key, planned]));
  return of.unneeded
    .filter(({ uploaded }) => now - uploaded >= graces.young)
    .map(({ key, size, uploaded }) => {
      const before = known.get(key);
      const since = before?.uploaded === uploaded ? before.since : now;
      const planned = { key, size, uploaded, since };
      return now - since >= graces.planned ? Object.assign(planned, { taken: true }) : planned;
    })
    .sort((a, b) => a.since - b.since || (a.key < b.key ? -1 : 1))
    .slice(0, MAX_PLANNED);
}

/** @returns false when somebody changed it meanwhile */
async function replacePlan(
  { store, repo }: Collection,
  before: StoredPlan,
  keys: readonly Planned[],
): Promise<boolean> {
  // one that takes something is written again, so that its age says when the deletion began
  const isSame = canonicalJson(keys) === canonicalJson(before.plan.keys) && !keys.some(({ taken }) => taken);
  return isSame || writePlan(store, { repo, before, keys });
}

/**
 * What the plan says is taken, now that nobody else deletes: another collection may have deleted some of it meanwhile, a push sent it
 * again, or a ref come to name it.
 * @param until by `elapsed`: from then on others may count on what is left
 */
async function deleteTaken(of: Collection, until: number): Promise<readonly Planned[]> {
  const { plan } = await readPlan(of.store, of.repo);
  const written = new Map((await look(of)).unneeded.map(({ key, uploaded }) => [key, uploaded]));
  const taken = plan.keys.filter((planned) => planned.taken);
  const due = taken.filter(({ key, uploaded }) => written.get(key) === uploaded);
  let done = 0;
  for (; done < due.length && of.elapsed() < until; done += BATCH)
    await of.deleteMany(due.slice(done, done + BATCH).map(({ key }) => key));
  await forget(of, new Set(taken.map(({ key }) => key)));
  return due.slice(0, done);
}

/** Out of the plan with them; what was not deleted is found again. */
async function forget({ store, repo }: Collection, keys: ReadonlySet<string>): Promise<void> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const before = await readPlan(store, repo);
    const left = before.plan.keys.filter(({ key }) => !keys.has(key));
    if (left.length === before.plan.keys.length) return;
    if (await writePlan(store, { repo, before, keys: left })) return;
  }
}

async function look({ store, repo, needed: mark, isHeld }: Looking): Promise<{
  readonly needed: readonly ObjectInfo[];
  readonly unneeded: readonly ObjectInfo[];
}> {
  const [needed, unneeded]: [ObjectInfo[], ObjectInfo[]] = [[], []];
  const found: ObjectInfo[] = [];
  // listed first: what is sent meanwhile is not seen, and what a ref comes to name meanwhile is needed
  for (const prefix of [indexPrefix(repo), snapshotPrefix(repo), manifestPrefix(repo)])
    for await (const info of store.list(prefix)) if (!isTablesOwn(info.key) && !isHeld?.(info.key)) found.push(info);
  const marked = await mark();
  for (const info of found) (marked.has(info.key) ? needed : unneeded).push(info);
  return { needed, unneeded };
}

/** `index/{repo}/{table}/_versions/…`: kept in line by whoever writes the table. */
const isTablesOwn = (key: string): boolean => [LANCE_VERSIONS, LANCE_TRANSACTIONS].includes(key.split("/")[3] ?? "");

const NOTHING: Sum = { objects: 0, bytes: 0 };
const sumOf = (infos: readonly { readonly size: number }[]): Sum => ({
  objects: infos.length,
  bytes: infos.reduce((sum, { size }) => sum + size, 0),
});
