/** A table of ours, opened for reading at the version that a manifest carries. */
import { join } from "node:path";
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
  LanceTable.open(
    fileDirectory(join(homeDir, indexPrefix(manifest.repo), manifest.table.name)),
    versionIn(manifest).manifest,
  );

/** @param store may be any that holds its files */
export const openTableIn = (manifest: Manifest, store: ObjectStore): LanceTable =>
  LanceTable.open(
    objectDirectory(store, tablePrefix(manifest.repo, manifest.table.name)),
    versionIn(manifest).manifest,
  );
