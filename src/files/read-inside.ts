/**
 * Reads files of a folder tree, and of nothing else. As for git, what lies behind a symbolic link is no part of the tree, at
 * whatever level the link is: a tracked folder that was replaced by a link would else bring in the files of another place.
 */
import { closeSync, fstatSync, lstatSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { type DiskPath, diskPath } from "./disk-path.ts";
import { type OpenedFile, openRegularFile } from "./read-regular-file.ts";

/**
 * @param root absolute, without links
 * @param path relative to it, as `pathOfBytes` writes it
 * @throws as `openRegularFile`; with code ELOOP for a link, or a file behind one
 */
export function openInside(root: string, path: string): OpenedFile {
  const place = diskPath(root, path);
  if (NOT_A_PATH.test(path)) throw outside(place);
  const opened = openRegularFile(place, { follow: false });
  if (isAt(opened.fd, place) || isStillInside(opened.fd, { root, path, place })) return opened;
  closeSync(opened.fd);
  throw outside(place);
}

/** An empty name, or one that leads up. */
const NOT_A_PATH = /(?:^|\/)\.{0,2}(?:\/|$)/;

const outside = (place: DiskPath): Error =>
  Object.assign(new Error(`"${String(place)}" lies behind a link`), { code: "ELOOP", path: String(place) });

/** The whole file. @throws as `openInside` */
export function readInside(root: string, path: string): Buffer<ArrayBuffer> {
  const { fd } = openInside(root, path);
  try {
    return readFileSync(fd) as Buffer<ArrayBuffer>;
  } finally {
    closeSync(fd);
  }
}

/** Linux says where the opened file itself lies: no link can come and go between a look and the opening. */
function isAt(fd: number, place: DiskPath): boolean {
  if (process.platform !== "linux") return false;
  try {
    return readlinkSync(`/proc/self/fd/${fd}`, { encoding: "buffer" }).equals(Buffer.from(place));
  } catch {
    return false; // no /proc here
  }
}

/**
 * The same by looking: no level is a link, and what lies at the end is what was opened. Looked at from both sides, so that a
 * link that is put there only for the moment of opening shows.
 */
function isStillInside(fd: number, of: { root: string; path: string; place: DiskPath }): boolean {
  const isReal = () => new RealFolders(of.root).hold(of.path);
  const [opened, there] = [fstatSync(fd), lookAt(of.place)];
  return isReal() && there !== undefined && opened.ino === there.ino && opened.dev === there.dev && isReal();
}

/** Which folders of a tree are reached without a link. Each is looked at once. */
export class RealFolders {
  private readonly known = new Map<string, boolean>([["", true]]);

  constructor(private readonly root: string) {}

  /** Does the folder that `path` lies in count as part of the tree? */
  hold(path: string): boolean {
    return this.isReal(path.slice(0, Math.max(path.lastIndexOf("/"), 0)));
  }

  isReal(folder: string): boolean {
    let known = this.known.get(folder);
    if (known === undefined) {
      known = this.hold(folder) && lookAt(diskPath(this.root, folder))?.isDirectory() === true;
      this.known.set(folder, known);
    }
    return known;
  }
}

/** undefined: nothing there, or behind a folder that cannot be entered. */
function lookAt(place: DiskPath): Stats | undefined {
  try {
    return lstatSync(place, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
