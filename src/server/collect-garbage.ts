/**
 * Clean-up of a bucket: of one repository on request, and of all in turn by the cron trigger or the timer of `serve`, a few at a
 * time. Where the turn is lies in the bucket, so that it goes round however often a server starts.
 */
import { collectGarbage, type Graces, describeGarbage } from "../gc/collect-garbage.ts";
import { keysNamedBy } from "../gc/mark.ts";
import type { Garbage } from "../protocol/cloud-api.ts";
import { isRepobaseError } from "../protocol/errors.ts";
import { readAccount } from "./account.ts";
import { type Bucket, scopeTo } from "./bucket.ts";
import { readCurrent } from "./read-index.ts";
import { whileNoRefMoves } from "./sweep.ts";
import type { UsageMeter } from "./usage-meter.ts";

/** Repositories that one turn looks at: each is some ten requests to the bucket. */
const PER_TURN = 8;
/** Between two rounds; a clock of the server's own, as nothing hangs on it but how much garbage there is. */
const ROUND_MS = 6 * 3_600_000;
const CURSOR_KEY = "gc/turn";

interface Cleaning {
  readonly usage: UsageMeter;
  readonly graces: Graces;
  /** ms since the epoch. */
  readonly now: () => number;
}

/** What a clean-up of a repository would free in the end; changes nothing. */
export const describeRepoGarbage = (home: Bucket, repo: string): Promise<Garbage> =>
  describeGarbage({ store: home, repo, needed: () => neededNow(home, repo) });

/** @throws RepobaseError `transient` when another clean-up is under way; `corrupt_index` when nobody can say what is needed */
export async function collectRepo(
  of: Cleaning & { readonly home: Bucket; readonly repo: string; readonly userId: string },
): Promise<Garbage> {
  const { home, repo, usage, graces, now } = of;
  const found = await collectGarbage({
    store: home,
    repo,
    graces,
    needed: () => neededNow(home, repo),
    alone: (work) => whileNoRefMoves({ home, repo, now }, work),
    deleteMany: (keys) => home.deleteMany(keys),
    elapsed: now,
  });
  if (found.deleted.bytes > 0) await usage.took(of.userId, -found.deleted.bytes);
  return found;
}

/**
 * Of what the ref names now. A repository without one is a first push, or what is left of it: nothing is needed but what is young or
 * was relied on lately. (A first ref cannot be kept from being written, as a move can: no request takes as long as the graces.)
 */
async function neededNow(home: Bucket, repo: string): Promise<ReadonlySet<string>> {
  const current = await readCurrent(home, repo);
  if (!current) return new Set();
  const { ref, manifest } = current;
  return keysNamedBy({ store: home, repo, manifest, sha256: ref.manifest });
}

/** The next few repositories of the bucket. @param of.onFailure told of those that could not be cleaned up */
export async function collectInTurn(
  of: Cleaning & { readonly bucket: Bucket; readonly onFailure: (error: unknown) => void },
): Promise<void> {
  const { bucket, now } = of;
  const cursor = await bucket.get(CURSOR_KEY);
  const after = cursor ? new TextDecoder().decode(cursor.bytes) : "";
  if (cursor && after === "" && now() - cursor.uploaded < ROUND_MS) return;
  let done = 0;
  let last = "";
  for await (const place of placesAfter(bucket, after)) {
    if (done++ === PER_TURN) break;
    last = `${place.userId}/${place.repo}`;
    try {
      await collectRepo({ ...of, ...place, home: scopeTo(bucket, `${place.userId}/`) });
    } catch (error) {
      // what is being cleaned up already has had its turn; what is damaged waits for a repair
      if (!isRepobaseError(error, "transient")) of.onFailure(error);
    }
  }
  await bucket.put(CURSOR_KEY, new TextEncoder().encode(done > PER_TURN ? last : ""));
}

const USERS = "users/";

/** Every repository that has an object, by user and name. */
async function* placesAfter(bucket: Bucket, after: string): AsyncIterable<{ userId: string; repo: string }> {
  for await (const { key } of bucket.list(USERS)) {
    const userId = key.slice(USERS.length, -".json".length);
    if (`${userId}/~` < after) continue;
    const stored = await readAccount(bucket, userId).catch(() => undefined);
    for (const repo of Object.keys(stored?.account.repos ?? {}).sort())
      if (`${userId}/${repo}` > after) yield { userId, repo };
  }
}
