/** Files that were written whole elsewhere on the same file system take their places, and a power cut does not undo it. */
import { mkdir, open, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileError } from "./file-errors.ts";
import { syncFolder } from "./write-file-atomic.ts";

/** @param paths absolute; each keeps its name. @throws RepobaseError `no_space`, `home_unwritable`, `io_error` */
export async function moveFiles(paths: readonly string[], folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const path of paths) {
      const file = await open(path, "r");
      try {
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(path, join(folder, basename(path)));
    }
    await syncFolder(folder);
  } catch (error) {
    throw fileError(error, { doing: "write", path: folder });
  }
}
