/**
 * The one writer of a table's `_versions/`: which native LanceDB opens, at home and in the bucket. All other files of a table
 * are immutable and named at random, so its state is this folder and nothing else. Readers of ours never look there: they
 * take the same bytes from the manifest. Pure: the server uses it over a bucket, an index run over a folder.
 */
import { sameBytes } from "../bytes/same-bytes.ts";
import {
  LANCE_HINT_FILE,
  LANCE_TRANSACTIONS,
  LANCE_VERSIONS,
  lanceVersionFile,
  tablePrefix,
} from "../protocol/keys.ts";
import type { Manifest } from "../protocol/manifest.ts";
import type { ObjectStore } from "../store/object-store.ts";

export interface LanceVersion {
  /** Lance version number. */
  readonly version: number;
  /** The bytes of `_versions/{n}.manifest`. */
  readonly manifest: Uint8Array;
}

/** Where a table lies. Paths are relative to its folder. */
export interface TableFolder {
  /** undefined: no such file. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Atomic: old bytes or new ones. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Paths of all files below `folder` (no slash at its end), by name. */
  list(folder: string): Promise<readonly string[]>;
  /** In this order. None there is no error. */
  remove(paths: readonly string[]): Promise<void>;
  /** Native LanceDB writes here, and leaves records of its transactions. */
  readonly native: boolean;
}

/** The version that a manifest of ours carries. */
export const versionIn = ({ table }: Manifest): LanceVersion => ({
  version: table.version,
  manifest: Uint8Array.fromBase64(table.manifest),
});

/**
 * Makes `version` the only one: its file, then the hint that names it, then all others go, the newest first, because native
 * opens the newest it finds. Killed anywhere, it leaves a table of an old version or of this one; doing it again finishes
 * the work. What is right already is not written: R2 takes one write a second for one key.
 */
export async function setVersion(table: TableFolder, { version, manifest }: LanceVersion): Promise<void> {
  const files: readonly (readonly [path: string, bytes: Uint8Array])[] = [
    [lanceVersionFile(version), manifest],
    [LANCE_HINT_FILE, new TextEncoder().encode(JSON.stringify({ version }))],
  ];
  for (const [path, bytes] of files) {
    const there = await table.read(path);
    if (there === undefined || !sameBytes(there, bytes)) await table.write(path, bytes);
  }
  const kept = new Set(files.map(([path]) => path));
  await table.remove((await table.list(LANCE_VERSIONS)).filter((path) => !kept.has(path)));
  // our own manifests keep the history
  if (table.native) await table.remove(await table.list(LANCE_TRANSACTIONS));
}

/** Native finds no table there any more; the hint, which sorts last, goes last. */
export async function clearVersions(table: TableFolder): Promise<void> {
  await table.remove(await table.list(LANCE_VERSIONS));
}

/** At home: makes the version of a manifest, whose objects are all in the store, the table's. */
export async function setVersionOf(manifest: Manifest, store: ObjectStore): Promise<void> {
  await setVersion({ ...tableInStore(store, manifest.repo, manifest.table.name), native: true }, versionIn(manifest));
}

/** @param store may delete many at once */
export function tableInStore(
  store: ObjectStore & { deleteMany?(keys: readonly string[]): Promise<void> },
  repo: string,
  name: string,
): TableFolder {
  const prefix = tablePrefix(repo, name);
  return {
    native: false,
    read: async (path) => (await store.get(prefix + path))?.bytes,
    write: async (path, bytes) => void (await store.put(prefix + path, bytes)),
    async list(folder) {
      const paths: string[] = [];
      for await (const { key } of store.list(`${prefix}${folder}/`)) paths.push(key.slice(prefix.length));
      return paths;
    },
    async remove(paths) {
      const keys = paths.map((path) => prefix + path);
      if (store.deleteMany) await store.deleteMany(keys);
      else for (const key of keys) await store.delete(key);
    },
  };
}
