/**
 * The `_versions/` folder of a native table, by itself: which version is newest, and how to make another one newest.
 * Data files are immutable and named at random, so a table's state is this folder and nothing else.
 */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../files/write-file-atomic.ts";
import { LANCE_HINT_FILE, lanceVersionFile } from "../protocol/keys.ts";

export interface LanceVersion {
  readonly version: number;
  /** The bytes of `_versions/{n}.manifest`. */
  readonly manifest: Uint8Array;
}

const NAME = /^(\d{20})\.manifest$/;
const MAX = 18446744073709551615n;

/** null: there is no table. */
export async function newestVersion(tableDir: string): Promise<LanceVersion | null> {
  const [newest] = await versionFiles(tableDir); // the newest sorts first
  if (newest === undefined) return null;
  return {
    version: Number(MAX - BigInt(newest.slice(0, 20))),
    manifest: await readFile(join(tableDir, "_versions", newest)),
  };
}

/**
 * Makes `version` the table's newest: its manifest is written, then every other one is removed, newest first. Killed
 * anywhere, it leaves a table of one of the old versions or this one; running it again finishes the work.
 */
export async function restoreVersion(tableDir: string, version: number, manifest: Uint8Array): Promise<void> {
  const file = lanceVersionFile(version);
  await writeFileAtomic(join(tableDir, file), manifest);
  await pruneVersions(tableDir, version);
  await writeFileAtomic(join(tableDir, LANCE_HINT_FILE), new TextEncoder().encode(JSON.stringify({ version })));
}

/** Removes all versions but one, and the records of past transactions: our own manifests keep the history. */
export async function pruneVersions(tableDir: string, keep: number): Promise<void> {
  const kept = lanceVersionFile(keep);
  for (const name of await versionFiles(tableDir)) {
    if (`_versions/${name}` !== kept) await rm(join(tableDir, "_versions", name), { force: true });
  }
  await rm(join(tableDir, "_transactions"), { recursive: true, force: true });
}

async function versionFiles(tableDir: string): Promise<string[]> {
  try {
    return (await readdir(join(tableDir, "_versions"))).filter((name) => NAME.test(name)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
