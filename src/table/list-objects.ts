/**
 * The files a table version is made of, with their hashes and checksums: the `objects` of a manifest. What an earlier manifest
 * lists is taken from there, because files never change. New ones are flushed to the disk as they are hashed, so that a
 * manifest never outlives them in a power cut.
 */
import { open } from "node:fs/promises";
import { join } from "node:path";
import { CHECKED_BLOCK_BYTES, encodeChecksums } from "../bytes/block-checksums.ts";
import type { LanceTable } from "../lance/table.ts";
import { RepobaseError } from "../protocol/errors.ts";
import type { ManifestObject } from "../protocol/manifest.ts";

/**
 * @param dir absolute path of `index/{repoId}/`; object paths are relative to it
 * @throws RepobaseError `corrupt_index` when a file that `known` lists without checksums is not what it says
 */
export async function listObjects(of: {
  readonly dir: string;
  readonly tableName: string;
  readonly table: LanceTable;
  readonly known: readonly ManifestObject[];
}): Promise<ManifestObject[]> {
  const known = new Map(of.known.map((object) => [object.path, object]));
  const objects: ManifestObject[] = [];
  for (const file of of.table.files()) {
    const path = `${of.tableName}/${file.path}`;
    const before = known.get(path);
    objects.push(before?.crc32 === undefined ? await hashObject(of.dir, path, before) : before);
  }
  return objects.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Reads files of the table that a manifest lists. Native LanceDB checks nothing: before it makes something of their rows, they are
 * looked at here.
 * @throws RepobaseError `corrupt_index`
 */
export async function requireWhole(dir: string, objects: readonly ManifestObject[]): Promise<void> {
  for (const object of objects) await hashObject(dir, object.path, object);
}

/** A multiple of a checked block. */
const READ_BYTES = 64 * CHECKED_BLOCK_BYTES;

async function hashObject(dir: string, path: string, expected: ManifestObject | undefined): Promise<ManifestObject> {
  const file = await open(join(dir, path), "r");
  try {
    const hasher = new Bun.CryptoHasher("sha256");
    const buffer = new Uint8Array(READ_BYTES);
    const checksums: number[] = [];
    let size = 0;
    for (;;) {
      let filled = 0;
      for (let read = 1; read > 0 && filled < READ_BYTES; filled += read)
        read = (await file.read(buffer, filled, READ_BYTES - filled, size + filled)).bytesRead;
      hasher.update(buffer.subarray(0, filled));
      for (let at = 0; at < filled; at += CHECKED_BLOCK_BYTES)
        checksums.push(Bun.hash.crc32(buffer.subarray(at, Math.min(filled, at + CHECKED_BLOCK_BYTES))));
      size += filled;
      if (filled < READ_BYTES) break;
    }
    const sha256 = hasher.digest("hex");
    if (expected && (size !== expected.size || sha256 !== expected.sha256))
      throw new RepobaseError(
        "corrupt_index",
        `"${join(dir, path)}" is damaged: it has not the sha256 of the manifest`,
        {
          fields: { file: join(dir, path), expected: expected.sha256, actual: sha256 },
        },
      );
    await file.datasync();
    return { path, size, sha256, crc32: encodeChecksums(checksums) };
  } finally {
    await file.close();
  }
}
