/** What of a repository belongs to an index of one of its folders. Paths stay relative to the repository's root. */
import { isInScope } from "../protocol/path-scope.ts";
import { OWN_IGNORE_FILE, parentOf } from "./ignore-rules.ts";
import type { SourceTree } from "./source-tree.ts";

/** @param only the folder; absent: the whole tree */
export function scopeTree<T extends SourceTree>(tree: T, only: string | undefined): T {
  if (only === undefined) return tree;
  const isInside = ({ path }: { readonly path: string }): boolean => isInScope(path, only);
  return { ...tree, files: tree.files.filter(isInside), passedOver: tree.passedOver.filter(isInside) };
}

/** Does what lies at `path` change such an index? Besides the folder's own files, the ignore files of the folders around it do. */
export function countsFor(only: string | undefined): (path: string) => boolean {
  if (only === undefined) return () => true;
  const around = new Set([OWN_IGNORE_FILE]);
  for (let folder = parentOf(only); folder !== ""; folder = parentOf(folder))
    around.add(`${folder}/${OWN_IGNORE_FILE}`);
  return (path) => isInScope(path, only) || around.has(path);
}

/** May `folder` hold such a file? `` is the root. */
export function mayHold(folder: string, only: string | undefined): boolean {
  return only === undefined || folder === "" || folder === only || isInScope(folder, only) || isInScope(only, folder);
}
