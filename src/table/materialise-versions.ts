/**
 * Puts a manifest's own Lance manifest where native LanceDB looks for it (`_versions/`), so that it opens exactly this
 * version and appends to it. Our readers never look there: they take the bytes from the manifest.
 */
import { indexPrefix, LANCE_HINT_FILE, lanceVersionFile } from "../protocol/keys.ts";
import type { Manifest } from "../protocol/manifest.ts";
import type { ObjectStore } from "../store/object-store.ts";

/**
 * Versions of another history, newer ones that no manifest of ours names, and the records of past transactions are taken
 * away: native opens the newest version it finds.
 */
export async function materialiseVersions(of: {
  readonly store: ObjectStore;
  readonly repo: string;
  readonly manifest: Manifest;
}): Promise<void> {
  const { store, manifest } = of;
  const { name, version } = manifest.table;
  const folder = `${indexPrefix(of.repo)}${name}/`;
  const current = folder + lanceVersionFile(version);
  await store.put(current, Uint8Array.fromBase64(manifest.table.manifest));
  await store.put(folder + LANCE_HINT_FILE, new TextEncoder().encode(JSON.stringify({ version })));
  for await (const { key } of store.list(`${folder}_versions/`)) {
    if (key !== current && key.endsWith(".manifest")) await store.delete(key);
  }
  for await (const { key } of store.list(`${folder}_transactions/`)) await store.delete(key);
}
