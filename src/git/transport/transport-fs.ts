/**
 * The file system isomorphic-git writes a clone or fetch with. Files appear whole or not at all, and a pack only when its
 * checksum holds: isomorphic-git itself stores what it got when a server cuts a transfer off, and such a pack would
 * poison every later read.
 */
import * as fs from "node:fs/promises";
import { resolve, sep } from "node:path";
import { writeFileAtomic } from "../../files/write-file-atomic.ts";
import { RepobaseError } from "../../protocol/errors.ts";

type Content = string | Uint8Array;

/** isomorphic-git handed over a pack, which lies whole at `path`. */
export class PackArrived extends Error {
  constructor(readonly path: string) {
    super("a pack arrived");
  }
}

/**
 * Writing a pack ends with `PackArrived`: isomorphic-git would go on to index it, and for that inflate every object in it into
 * memory, whatever its size; see objects/index-pack.ts.
 * @param folder absolute; nothing outside it is written
 */
export function createTransportFs(folder: string) {
  const writeFile = async (path: string, content: Content): Promise<void> => {
    if (!resolve(path).startsWith(`${resolve(folder)}${sep}`))
      throw new RepobaseError("refused_remote", `refused to write "${path}", which is outside "${folder}"`);
    // copies of the remote's refs, which nobody reads: `writeRef` alone writes refs
    if (resolve(path).startsWith(resolve(folder, "refs") + sep)) return;
    const isPack = path.endsWith(".pack") && typeof content !== "string";
    if (isPack && !isWholePack(content)) throw brokenOff();
    await writeFileAtomic(path, content);
    if (isPack) throw new PackArrived(path);
  };
  const { readFile, unlink, readdir, mkdir, rmdir, stat, lstat, readlink, symlink, chmod, rm } = fs;
  // isomorphic-git takes the promise API where `promises` is an enumerable property.
  return {
    promises: { readFile, writeFile, unlink, readdir, mkdir, rmdir, stat, lstat, readlink, symlink, chmod, rm },
  };
}

const brokenOff = () =>
  new RepobaseError("transient", "the transfer broke off before its end", { hint: "run it again" });

/** A pack is `PACK`, version, count, entries, and the sha1 of all that. */
function isWholePack(pack: Uint8Array): boolean {
  if (pack.length < 32 || Buffer.from(pack.subarray(0, 4)).toString("latin1") !== "PACK") return false;
  const digest = new Bun.CryptoHasher("sha1").update(pack.subarray(0, pack.length - 20)).digest();
  return digest.compare(pack.subarray(pack.length - 20)) === 0;
}
