/**
 * Folders that appear whole or not at all, and go at once: filled beside their place and renamed, renamed away and then
 * removed. What a killed process leaves is a temporary, and is swept like any other.
 */
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf, fileError, isAbsent } from "./file-errors.ts";
import { sweepTemporaries, temporaryBeside } from "./temporary.ts";
import { syncFolder } from "./write-file-atomic.ts";

/** A new, empty folder beside `target`, to be filled and given to `installFolder`. @throws RepobaseError `no_space`, `home_unwritable` */
export async function makeFolderFor(target: string): Promise<string> {
  const folder = temporaryBeside(target);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw fileError(error, { doing: "write", path: dirname(target) });
  }
  sweepTemporaries(dirname(target));
  return folder;
}

/**
 * Gives a filled folder its place. @returns false when something is there already; the folder then stays where it is
 * @throws RepobaseError `no_space`, `home_unwritable`
 */
export async function installFolder(folder: string, target: string): Promise<boolean> {
  try {
    await rename(folder, target);
    await syncFolder(dirname(target));
    return true;
  } catch (error) {
    // Windows says EPERM of a folder that is there
    if (["ENOTEMPTY", "EEXIST"].includes(errnoOf(error) ?? "")) return false;
    throw fileError(error, { doing: "write", path: target });
  }
}

/** Nobody sees half of it: it is renamed away first. None there is no error. @throws RepobaseError `home_unwritable` */
export async function removeFolder(path: string): Promise<void> {
  const leaving = temporaryBeside(path);
  try {
    await rename(path, leaving);
    await rm(leaving, { recursive: true, force: true });
  } catch (error) {
    if (isAbsent(error)) return;
    throw fileError(error, { doing: "write", path });
  }
}
