/**
 * Keeps `_versions/` of a table what the ref's manifest says, so that plain LanceDB opened on the prefix sees the index that
 * a search sees. Not part of any promise of the ref: readers of ours never look at it. After writing, the ref is read
 * again and the work repeated when it moved meanwhile, so of two pushes at once the one that finishes last sets it right.
 */
import { RepobaseError } from "../protocol/errors.ts";
import { LANCE_HINT_FILE, indexPrefix, lanceVersionFile } from "../protocol/keys.ts";
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
    await writeVersion(home, repo, current);
    for (const table of stale) await deleteVersions(home, `${indexPrefix(repo)}${table}/`, new Set());
    const now: CurrentIndex | undefined = await readCurrent(home, repo);
    if (now?.ref.manifest === current.ref.manifest) return;
    stale.add(name);
    current = now;
  }
  if (current) throw new RepobaseError("busy", `the ref of ${repo} keeps moving`, { hint: "send the same ref again" });
}

/** The new version first, then the hint, then the others go: whoever looks in between sees the old table or the new. */
async function writeVersion(home: Bucket, repo: string, { manifest }: CurrentIndex): Promise<void> {
  const { name, version, manifest: lance } = manifest.table;
  const folder = `${indexPrefix(repo)}${name}/`;
  const keep = new Set([folder + lanceVersionFile(version), folder + LANCE_HINT_FILE]);
  const writes: readonly (readonly [string, Uint8Array])[] = [
    [folder + lanceVersionFile(version), Uint8Array.fromBase64(lance)],
    [folder + LANCE_HINT_FILE, new TextEncoder().encode(JSON.stringify({ version }))],
  ];
  for (const [key, bytes] of writes) {
    const stored = await home.get(key);
    // R2 takes one write a second for one key: what is right already is left alone
    if (!stored || !sameBytes(stored.bytes, bytes)) await home.put(key, bytes);
  }
  await deleteVersions(home, folder, keep);
}

async function deleteVersions(home: Bucket, folder: string, keep: ReadonlySet<string>): Promise<void> {
  const others: string[] = [];
  for await (const { key } of home.list(`${folder}_versions/`)) if (!keep.has(key)) others.push(key);
  await home.deleteMany(others);
}

const sameBytes = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, i) => byte === b[i]);
