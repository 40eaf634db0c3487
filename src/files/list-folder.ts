/** The names in a folder of a tree, those that are not UTF-8 too. */
import { type Dirent, lstatSync, readdirSync, type Stats } from "node:fs";
import { pathOfBytes } from "../text/path-bytes.ts";
import { type DiskPath, diskPath } from "./disk-path.ts";

export interface ListedName {
  /** As `pathOfBytes` writes it. */
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
}

/**
 * @param folder relative to `root`, as `pathOfBytes` writes it; `` for the root
 * @throws the system's error for the root; another folder that cannot be read counts as empty, as folders of other users lie in
 *   many trees and git passes over them as well
 */
export function listFolder(root: string, folder: string): ListedName[] {
  const place = diskPath(root, folder);
  try {
    // names of bytes come without their kinds, so they are asked for only where there are any
    const entries = typeof place === "string" ? readdirSync(place, { withFileTypes: true }) : undefined;
    return entries === undefined || entries.some(({ name }) => name.includes("\ufffd") || name.includes("\\x"))
      ? listBytes(place)
      : entries.map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
  } catch (error) {
    if (folder === "") throw error;
    return [];
  }
}

function listBytes(place: DiskPath): ListedName[] {
  return readdirSync(place, { encoding: "buffer" }).flatMap((bytes) => {
    const stats = lstatSync(Buffer.concat([Buffer.from(place), Buffer.from("/"), bytes]), { throwIfNoEntry: false });
    const name = pathOfBytes(bytes.toString("utf8"), () => bytes);
    return stats === undefined ? [] : [{ name, kind: kindOf(stats) }];
  });
}

const kindOf = (entry: Dirent | Stats): ListedName["kind"] =>
  entry.isFile() ? "file" : entry.isDirectory() ? "folder" : entry.isSymbolicLink() ? "link" : "other";
