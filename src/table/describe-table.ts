/** From a native table as it lies on disk to the manifest that describes it; snapshots are the caller's. */
import { join } from "node:path";
import { fileDirectory } from "../bytes/file-source.ts";
import { LanceTable } from "../lance/table.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { formatFor, type Manifest, type ManifestObject, type Segment } from "../protocol/manifest.ts";
import { joinPurges, type Purges } from "../protocol/purges.ts";
import { newestVersion } from "./lance-versions.ts";
import { listObjects } from "./list-objects.ts";
import { packSegments } from "./packs/pack-segments.ts";
import type { TableIdentity } from "./table-schema.ts";

/** @param of.indexDir absolute path of `index/{repoId}/` */
export async function describeTable(of: {
  readonly indexDir: string;
  readonly repo: string;
  readonly tableName: string;
  readonly identity: TableIdentity;
  /** For the hashes of the files it lists, and what was purged; null: none. */
  readonly previous: Manifest | null;
  /** What was purged beside that. */
  readonly purges?: Purges | undefined;
  /** File versions in the table. */
  readonly files: number;
  readonly segments: readonly Segment[];
  readonly nextFileId: number;
}): Promise<Manifest> {
  const { indexDir, repo, tableName, identity, nextFileId } = of;
  const tableDir = join(indexDir, tableName);
  const lance = await newestVersion(tableDir);
  if (lance === null) throw new RepobaseError("corrupt_index", `the table "${tableDir}" is gone`);
  const table = LanceTable.open(fileDirectory(tableDir), lance.manifest);
  const files = await listObjects({ dir: indexDir, tableName, table, known: of.previous?.objects ?? [] });
  const segments = await packSegments({ tableDir, table, identity }, of.segments);
  const objects = [...files, ...packObjects(segments)].sort((a, b) => (a.path < b.path ? -1 : 1));
  const purges = joinPurges(of.previous?.purges, of.purges);
  return {
    format: formatFor({ segments, purges }),
    repo,
    tableId: identity.tableId,
    model: { id: identity.model, dim: identity.dim },
    chunker: identity.chunker,
    table: { name: tableName, version: lance.version, manifest: lance.manifest.toBase64() },
    stats: { files: of.files, rows: table.liveRows(), bytes: objects.reduce((sum, object) => sum + object.size, 0) },
    snapshots: {},
    segments,
    nextFileId,
    objects,
    ...(purges && { purges }),
  };
}

/** They check their own bytes, so they need no checksums of blocks. */
const packObjects = (segments: readonly Segment[]): ManifestObject[] =>
  segments.flatMap(({ pack }) =>
    pack === undefined ? [] : [{ path: pack.path, size: pack.size, sha256: pack.sha256 }],
  );
