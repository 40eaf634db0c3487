/**
 * The file system isomorphic-git writes a clone or fetch with. Files appear whole or not at all, and a pack only when its
 * checksum holds: isomorphic-git itself stores what it got when a server cuts a transfer off, and such a pack would
 * poison every later read.
 */
import * as fs from "node:fs/promises";
import { resolve, sep } from "node:path";
import { writeFileAtomic } from "../../files/write-file-atomic.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { PackIndex } from "../objects/pack-index.ts";

type Content = string | Uint8Array;

/**
 * @param of.folder absolute; nothing outside it is written
 * @param of.onPack called when a pack has arrived whole
 */
export function createTransportFs(of: { readonly folder: string; readonly onPack?: () => void }) {
  let objectsInPack = 0;
  const writeFile = async (path: string, content: Content): Promise<void> => {
    if (!resolve(path).startsWith(`${resolve(of.folder)}${sep}`))
      throw new RepobaseError("refused_remote", `refused to write "${path}", which is outside "${of.folder}"`);
    // copies of the remote's refs, which nobody reads: `writeRef` alone writes refs
    if (resolve(path).startsWith(resolve(of.folder, "refs") + sep)) return;
    if (path.endsWith(".pack") && typeof content !== "string") {
      if (!isWholePack(content)) throw brokenOff();
      objectsInPack = Buffer.from(content.buffer, content.byteOffset, 12).readUInt32BE(8);
      of.onPack?.();
    }
    // An object that isomorphic-git cannot make from its delta is left out of the index without a word.
    if (
      path.endsWith(".idx") &&
      typeof content !== "string" &&
      PackIndex.parse(Buffer.from(content), path).count !== objectsInPack
    )
      throw brokenOff();
    await writeFileAtomic(path, content);
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
