/** Which search packs hold rows of certain paths, by their own lists of files. */
import { Pack } from "../../pack/pack.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { indexPrefix } from "../../protocol/keys.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import { objectDirectory } from "../../store/object-source.ts";
import type { ObjectStore } from "../../store/object-store.ts";

/**
 * @param store any that holds the manifest's objects
 * @returns paths of the packs, as objects have them; one that is gone or damaged may hold anything, and is among them
 */
export async function packsWith(of: {
  readonly store: ObjectStore;
  readonly manifest: Pick<Manifest, "repo" | "segments">;
  readonly isUnwanted: (file: { readonly path: string }) => boolean;
}): Promise<string[]> {
  const { store, manifest, isUnwanted } = of;
  const files = objectDirectory(store, indexPrefix(manifest.repo));
  const found: string[] = [];
  for (const { pack: ref } of manifest.segments ?? []) {
    if (ref === undefined) continue;
    try {
      const [bytes = new Uint8Array()] = await files
        .open(ref.path, ref.size)
        .read([{ offset: ref.tables, length: ref.size - ref.tables }]);
      const pack = Pack.open(ref, bytes);
      if (Array.from({ length: pack.files }, (_, file) => pack.pathOf(file)).some((path) => isUnwanted({ path })))
        found.push(ref.path);
    } catch (error) {
      if (!isRepobaseError(error, "not_found", "corrupt_index")) throw error;
      found.push(ref.path);
    }
  }
  return found;
}
