/** Removes the files of a table that no manifest needs any more: what merges replaced, and what killed runs and merges left. */
import { readdir, rm, rmdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { sameBytes } from "../bytes/same-bytes.ts";
import { errnoOf, fileError } from "../files/file-errors.ts";
import { LANCE_TRANSACTIONS, LANCE_VERSIONS, TEMPORARY_PREFIX } from "../protocol/keys.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { newestVersion } from "./lance-versions.ts";
import { versionIn } from "./set-version.ts";

/**
 * The caller holds the repository's lock, and its ref names `current`.
 * @param of.tableDir absolute path
 * @param of.kept manifests of the table that somebody may still read by, beside `current`
 * @returns how many files were removed; none where the table is not at `current`'s version: rows that a killed run appended lie
 *   in files that no manifest names yet
 * @throws RepobaseError `home_unwritable`, `io_error`
 */
export async function sweepTable(of: {
  readonly tableDir: string;
  readonly current: Manifest;
  readonly kept: readonly Manifest[];
}): Promise<number> {
  const { tableDir, current, kept } = of;
  const onDisk = await newestVersion(tableDir);
  if (onDisk === null || !sameBytes(onDisk.manifest, versionIn(current).manifest)) return 0;
  const prefix = `${current.table.name}/`;
  const named = new Set([current, ...kept].flatMap((manifest) => manifest.objects.map(({ path }) => path)));
  let removed = 0;
  try {
    for (const path of await filesBelow(tableDir)) {
      const [folder = ""] = path.split("/");
      if (folder === LANCE_VERSIONS || folder === LANCE_TRANSACTIONS || named.has(prefix + path)) continue;
      await rm(join(tableDir, path), { force: true });
      removed++;
      await removeIfEmpty(dirname(join(tableDir, path)));
    }
    await removeScratch(dirname(tableDir));
  } catch (error) {
    throw fileError(error, { doing: "write", path: tableDir });
  }
  return removed;
}

/** Relative to `tableDir`, with slashes. Temporaries are their writers'. */
async function filesBelow(tableDir: string): Promise<string[]> {
  const entries = await readdir(tableDir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith(TEMPORARY_PREFIX))
    .map((entry) => relative(tableDir, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
}

/** Folders of merges that were killed: whoever holds the lock is alone here. */
async function removeScratch(indexDir: string): Promise<void> {
  for (const entry of await readdir(indexDir, { withFileTypes: true }))
    if (entry.isDirectory() && entry.name.startsWith(TEMPORARY_PREFIX))
      await rm(join(indexDir, entry.name), { recursive: true, force: true });
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes(errnoOf(error) ?? "")) throw error;
  }
}
