/** Results as somebody in a folder sees them: their files by paths that open from there. */
import { relative, sep } from "node:path";
import type { Home } from "../../home/home.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import type { SearchHit } from "../../protocol/search-api.ts";
import { fileKinds } from "../../search/file-kind.ts";
import { asCheckedOut } from "../folder/checkout.ts";
import { fileInFolder } from "../folder/file-in-folder.ts";

export interface HitHere {
  readonly hit: SearchHit;
  /** Relative in the repository around the folder, absolute in others; undefined: it is not on this machine, or no longer. */
  readonly file: string | undefined;
  readonly kind: string;
}

export function placeHits(home: Home, cwd: string): (hit: SearchHit) => HitHere {
  const folders = new Map(
    asCheckedOut(home.config().repos, cwd, home.env).flatMap(({ id, source }) =>
      source.kind === "folder" ? [[id, source.path] as const] : [],
    ),
  );
  return (hit) => {
    const folder = folders.get(hit.repoId);
    const kind = fileKinds(hit.path)[0] ?? "code";
    return { hit, file: folder === undefined ? undefined : shownFrom(cwd, folder, hit.path), kind };
  };
}

function shownFrom(cwd: string, folder: string, path: string): string | undefined {
  let file;
  try {
    file = fileInFolder(folder, path);
  } catch (error) {
    if (isRepobaseError(error, "not_found")) return undefined;
    throw error;
  }
  const shown = cwd === folder || cwd.startsWith(folder + sep) ? relative(cwd, file) : file;
  // a hostile name must not be an option of the editor or program that it is given to
  return /^[-+]/.test(shown) ? `.${sep}${shown}` : shown;
}
