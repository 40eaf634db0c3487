/** Files that were written whole elsewhere on the same file system take their places, and a power cut does not undo it. */
import { mkdir, open, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileError } from "./file-errors.ts";
import { syncFolder } from "./write-file-atomic.ts";

/** @param paths absolute; each keeps its name. @throws RepobaseError `no_space`, `home_unwritable`, `io_error` */
export async function moveFiles(paths: readonly string[], folder: string): Promise<void> {
  await place(
    paths.map((path) => ({ path, target: join(folder, basename(path)) })),
    folder,
  );
}

/** One file, to a place of another name; what is there goes. @throws as `moveFiles` */
export const moveFile = (path: string, target: string): Promise<void> => place([{ path, target }], dirname(target));

async function place(
  files: readonly { readonly path: string; readonly target: string }[],
  folder: string,
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const { path, target } of files) {
      const file = await open(path, "r");
      try {
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(path, target);
    }
    await syncFolder(folder);
  } catch (error) {
    throw fileError(error, { doing: "write", path: folder });
  }
}
