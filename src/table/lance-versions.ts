/** A native table in a folder of this machine: which version is newest, and the folder as the writer of versions sees it. */
import { readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileDirectory } from "../bytes/file-source.ts";
import { LanceTable } from "../lance/table.ts";
import { errnoOf } from "../files/file-errors.ts";
import { writeFileAtomic } from "../files/write-file-atomic.ts";
import { parseManifest } from "../lance/manifest.ts";
import { isRepobaseError } from "../protocol/errors.ts";
import { LANCE_VERSIONS, lanceVersionOf, TEMPORARY_PREFIX } from "../protocol/keys.ts";
import type { LanceVersion, TableFolder } from "./set-version.ts";

/** null: there is no table. */
export async function newestVersion(tableDir: string): Promise<LanceVersion | null> {
  for (const path of await namesIn(tableDir, LANCE_VERSIONS)) {
    const version = lanceVersionOf(path.slice(LANCE_VERSIONS.length + 1));
    // the newest sorts first
    if (version !== undefined) return { version, manifest: await readFile(join(tableDir, path)) };
  }
  return null;
}

/** Paths, relative to the table, of the files that its newest version is made of. */
export async function filesOnDisk(tableDir: string): Promise<readonly string[]> {
  const newest = await newestVersion(tableDir);
  if (newest === null) return [];
  const table = LanceTable.open(fileDirectory(tableDir), newest.manifest);
  return table.files().map(({ path }) => path);
}

/** In a table's folder: the version that fragments were last replaced in, until a manifest names the result. */
export const REPLACED_VERSION = "replaced.manifest";

/** null: nothing was replaced since the files were last swept. */
export async function replacedVersion(tableDir: string): Promise<LanceVersion | null> {
  try {
    const manifest = await readFile(join(tableDir, REPLACED_VERSION));
    return { version: parseManifest(manifest).version, manifest };
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || isRepobaseError(error, "corrupt_index")) return null;
    throw error;
  }
}

/** @param tableDir absolute path of the table, `.../name.lance` */
export function tableOnDisk(tableDir: string): TableFolder {
  return {
    native: true,
    async read(path) {
      try {
        return await readFile(join(tableDir, path));
      } catch (error) {
        if (errnoOf(error) === "ENOENT") return undefined;
        throw error;
      }
    },
    write: (path, bytes) => writeFileAtomic(join(tableDir, path), bytes),
    list: (folder) => namesIn(tableDir, folder),
    async remove(paths) {
      for (const path of paths) await rm(join(tableDir, path), { force: true });
      for (const folder of new Set(paths.map(dirname)))
        if ((await namesIn(tableDir, folder)).length === 0) await rm(join(tableDir, folder), { recursive: true });
    },
  };
}

async function namesIn(tableDir: string, folder: string): Promise<string[]> {
  try {
    const names = await readdir(join(tableDir, folder));
    return names
      .filter((name) => !name.startsWith(TEMPORARY_PREFIX))
      .sort()
      .map((name) => `${folder}/${name}`);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}
