/**
 * Keeps `_versions/` of a table what the ref's manifest says, so that plain LanceDB opened on the prefix sees the index that
 * a search sees. Not part of any promise of the ref: readers of ours never look at it. After writing, the ref is read
 * again and the work repeated when it moved meanwhile, so of two pushes at once the one that finishes last sets it right.
 */
import { RepobaseError } from "../protocol/errors.ts";
import { clearVersions, setVersion, tableInStore, versionIn } from "../table/set-version.ts";
import type { Bucket } from "./bucket.ts";
import { readCurrent } from "./read-index.ts";
import type { CurrentIndex } from "./read-index.ts";

/** More pushes of one repository than this within one of them, and the next one may do it. */
const MAX_ROUNDS = 5;

/** @param before name of the table the ref named until now; another one's `_versions/` must not outlive it */
export async function alignVersions(home: Bucket, repo: string, before: string | undefined): Promise<void> {
  const stale = new Set(before === undefined ? [] : [before]);
  let current = await readCurrent(home, repo);
  for (let round = 0; current && round < MAX_ROUNDS; round++) {
    const { name } = current.manifest.table;
    stale.delete(name);
    await setVersion(tableInStore(home, repo, name), versionIn(current.manifest));
    for (const table of stale) await clearVersions(tableInStore(home, repo, table));
    const now: CurrentIndex | undefined = await readCurrent(home, repo);
    if (now?.ref.manifest === current.ref.manifest) return;
    stale.add(name);
    current = now;
  }
  if (current) throw new RepobaseError("busy", `the ref of ${repo} keeps moving`, { hint: "send the same ref again" });
}
