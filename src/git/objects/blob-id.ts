/** The name git gives to content: sha1 over `blob <bytes>\0` and the bytes. It is the second half of a file version. */
import { closeSync, readSync } from "node:fs";
import { openInside } from "../../files/read-inside.ts";
import { takeTurn } from "../../files/take-turn.ts";

/** What stands for a blob whose bytes could not be read. git uses the same value for "no object". */
export const NULL_BLOB = "0".repeat(40);

/**
 * Files above this are hashed piece by piece, so that a forgotten disk image costs time but no memory, and a signal is
 * heard between two pieces.
 */
const STREAM_ABOVE = 8 << 20;

/** @returns 40 hex digits */
export function blobId(bytes: Uint8Array): string {
  return objectId("blob", bytes);
}

/** The id of any git object from its type and content. @returns 40 hex digits */
export function objectId(type: string, bytes: Uint8Array): string {
  return new Bun.CryptoHasher("sha1").update(`${type} ${bytes.length}\0`).update(bytes).digest("hex");
}

/**
 * The blob id of a file of a tree on disk, as its bytes lie there.
 * @throws as `openInside` when it cannot be read, or when it shrinks meanwhile; `interrupted`
 */
export async function blobIdOfFile(
  { root, path }: { readonly root: string; readonly path: string },
  signal?: AbortSignal,
): Promise<string> {
  const { fd, size } = openInside(root, path);
  try {
    const hasher = new Bun.CryptoHasher("sha1").update(`blob ${size}\0`);
    const buffer = Buffer.allocUnsafe(Math.min(size, STREAM_ABOVE));
    for (let done = 0; done < size;) {
      const read = readSync(fd, buffer, 0, Math.min(buffer.length, size - done), done);
      if (read === 0) throw new Error(`"${path}" became shorter while it was read`);
      hasher.update(buffer.subarray(0, read));
      done += read;
      if (done < size) await takeTurn(signal);
    }
    return hasher.digest("hex");
  } finally {
    closeSync(fd);
  }
}
