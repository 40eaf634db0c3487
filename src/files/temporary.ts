/**
 * Temporaries: what is written beside its place and then renamed. Each has a name that nothing else has, so that what a
 * killed writer left can be told apart and removed, in any folder we write to. Stores hide these names and take no key
 * that has one (src/store/store-key.ts).
 */
import { type Dirent, lstatSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { TEMPORARY_PREFIX } from "../protocol/keys.ts";
import { isAbsent } from "./file-errors.ts";

const OURS = `${TEMPORARY_PREFIX}repobase-`;

/** A file that has not grown for an hour has no writer: git-lfs waits as long. */
const FILE_AGE_MS = 60 * 60 * 1000;
/** A folder's own time stands still while a clone writes far below it. */
const FOLDER_AGE_MS = 24 * 60 * 60 * 1000;

/** Path of a new temporary in the folder of `path`. */
export const temporaryBeside = (path: string): string => join(dirname(path), OURS + crypto.randomUUID());

/** folder -> when it was swept last; every writer sweeps where it writes, so nobody has to remember to. */
const swept = new Map<string, number>();

/**
 * Removes the temporaries of writers that are gone, files and folders, at most once an hour for each folder.
 * Age decides, not a process id: the writer may be another machine, or in another container.
 */
export function sweepTemporaries(folder: string, now = Date.now()): void {
  if (now - (swept.get(folder) ?? -Infinity) < FILE_AGE_MS) return;
  swept.set(folder, now);
  for (const name of namesIn(folder)) {
    if (!name.startsWith(OURS)) continue;
    const path = join(folder, name);
    try {
      const stats = lstatSync(path, { throwIfNoEntry: false });
      const age = now - (stats?.mtimeMs ?? now);
      if (age > (stats?.isDirectory() ? FOLDER_AGE_MS : FILE_AGE_MS)) rmSync(path, { recursive: true, force: true });
    } catch {
      // another user's, in a folder that is shared: theirs to remove
    }
  }
}

/** What killed writers left anywhere below `folder`: paths of temporaries of the age at which they are swept. */
export function leftTemporaries(folder: string, now = Date.now()): string[] {
  const found: string[] = [];
  for (const entry of entriesIn(folder)) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(OURS)) {
      const age = now - (lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now);
      if (age > (entry.isDirectory() ? FOLDER_AGE_MS : FILE_AGE_MS)) found.push(path);
    } else if (entry.isDirectory()) found.push(...leftTemporaries(path, now));
  }
  return found;
}

function entriesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // gone meanwhile, or not ours to read
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
