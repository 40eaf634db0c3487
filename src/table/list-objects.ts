/**
 * The files a table version is made of, with their hashes: the `objects` of a manifest. What an earlier manifest lists
 * is taken from there, because files never change. New ones are flushed to the disk as they are hashed, so that a
 * manifest never outlives them in a power cut.
 */
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { LanceTable } from "../lance/table.ts";
import type { ManifestObject } from "../protocol/manifest.ts";

/** @param dir absolute path of `index/{repoId}/`; object paths are relative to it */
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
    objects.push(known.get(path) ?? (await hashObject(of.dir, path)));
  }
  return objects.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function hashObject(dir: string, path: string): Promise<ManifestObject> {
  const file = await open(join(dir, path), "r");
  try {
    const hasher = new Bun.CryptoHasher("sha256");
    const buffer = new Uint8Array(1024 * 1024);
    let size = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, size);
      if (bytesRead === 0) break;
      hasher.update(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
    await file.datasync();
    return { path, size, sha256: hasher.digest("hex") };
  } finally {
    await file.close();
  }
}
