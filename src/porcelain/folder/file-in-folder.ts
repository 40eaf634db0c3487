/** Where a file of an index lies in its folder. Others may have pushed the index, so a path of it must lead nowhere else. */
import { realpathSync } from "node:fs";
import { join, sep } from "node:path";
import { RepobaseError } from "../../protocol/errors.ts";

/** @returns its absolute path @throws RepobaseError `not_found` */
export function fileInFolder(folder: string, path: string): string {
  const file = join(folder, path);
  try {
    if (realpathSync(file).startsWith(realpathSync(folder) + sep)) return file;
  } catch {
    throw new RepobaseError("not_found", `"${path}" is no longer in ${folder}`, {
      hint: "bring the index up to date with: repobase index",
    });
  }
  throw new RepobaseError("not_found", `"${path}" is not inside ${folder}`);
}
