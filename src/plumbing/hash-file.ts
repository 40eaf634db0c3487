/**
 * The sha256 and size of a file, read piece by piece: a table's files may be larger than memory. Without streams and `node:crypto`,
 * which take longer to load than most files take to hash.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { RepobaseError } from "../protocol/errors.ts";
import { fileError, isAbsent } from "../files/file-errors.ts";

const PIECE_BYTES = 1 << 18;
/** After so many bytes others have a turn: signals, and what else this process does. */
const TURN_BYTES = 1 << 23;

/** @throws RepobaseError `not_found` when there is no such file, `failure` when it cannot be read */
export async function hashFile(path: string): Promise<{ readonly sha256: string; readonly size: number }> {
  const hasher = new Bun.CryptoHasher("sha256");
  let size = 0;
  try {
    const fd = openSync(path, "r");
    try {
      const piece = new Uint8Array(PIECE_BYTES);
      for (let turn = TURN_BYTES; ;) {
        const length = readSync(fd, piece);
        if (length === 0) break;
        hasher.update(piece.subarray(0, length));
        size += length;
        if (size < turn) continue;
        turn += TURN_BYTES;
        await new Promise(setImmediate);
      }
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (isAbsent(error)) throw new RepobaseError("not_found", `no such file "${path}"`, { cause: error });
    throw fileError(error, { doing: "read", path });
  }
  return { sha256: hasher.digest("hex"), size };
}
