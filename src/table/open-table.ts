/** A table of ours, opened for reading at the version that a manifest carries. */
import { join } from "node:path";
import type { ByteDirectory } from "../bytes/byte-source.ts";
import { checkedDirectory, type CheckedOptions } from "../bytes/checked-directory.ts";
import { fileDirectory } from "../bytes/file-source.ts";
import { LanceTable } from "../lance/table.ts";
import { indexPrefix, tablePrefix } from "../protocol/keys.ts";
import type { Manifest } from "../protocol/manifest.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { objectDirectory } from "../store/object-source.ts";
import { versionIn } from "./set-version.ts";

export type { LanceTable };

/** @param homeDir absolute path of the home folder that holds its files */
export const openTableAt = (manifest: Manifest, homeDir: string): LanceTable =>
  openChecked(manifest, fileDirectory(join(homeDir, indexPrefix(manifest.repo), manifest.table.name)));

/** @param store may be any that holds its files */
export const openTableIn = (manifest: Manifest, store: ObjectStore): LanceTable =>
  openChecked(manifest, objectDirectory(store, tablePrefix(manifest.repo, manifest.table.name)));

/** @param directory the table's */
export const openChecked = (manifest: Manifest, directory: ByteDirectory): LanceTable =>
  LanceTable.open(checkedFiles(manifest, directory, "refuse"), versionIn(manifest).manifest);

/** The files of a table, those that a manifest names checked against it. */
export const checkedFiles = (
  { objects, table }: Manifest,
  directory: ByteDirectory,
  unlisted: CheckedOptions["unlisted"],
): ByteDirectory => checkedDirectory(directory, { objects, prefix: `${table.name}/`, unlisted });
