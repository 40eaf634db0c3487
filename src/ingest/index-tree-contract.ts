/** What `indexTree` is given, what it tells meanwhile, and what it returns. */
import type { LocalTable } from "../protocol/ids.ts";
import type { Manifest } from "../protocol/manifest.ts";
import type { Purges } from "../protocol/purges.ts";
import type { Snapshot } from "../protocol/snapshot.ts";
import type { SelectLimits } from "../source/select-file.ts";
import type { RedactedFile, SkippedFile, SourceFile, SourceTree } from "../source/source-tree.ts";
import type { KnownFragments } from "../table/file-versions.ts";
import type { Embedding } from "./embedding.ts";
import type { ExposedFile } from "./find-exposed.ts";

export interface IndexProgress {
  readonly phase: "compare" | "index" | "text-index" | "finish";
  /** Of the new files alone. */
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly chunks: number;
}

export interface IndexTreeOptions {
  /** Absolute path of the home folder. */
  readonly home: string;
  readonly repo: string;
  readonly tableName: LocalTable;
  /** The table's newest manifest; null: there is none yet. */
  readonly previous: Manifest | null;
  readonly tree: SourceTree;
  /** File versions to leave out altogether, from table and snapshot: another table holds them. */
  readonly elsewhere?: ((file: SourceFile) => boolean) | undefined;
  /** Paths that have no rows, whatever the tree holds. */
  readonly purges?: Purges | undefined;
  readonly embedding: Embedding;
  readonly limits: SelectLimits;
  /** Absolute path of the file that remembers skipped file versions. */
  readonly skipCache: string;
  /** Absolute path of the file that remembers secrets found in the table. */
  readonly secretCache: string;
  /** Of this table, for a process that indexes it again and again. */
  readonly known?: KnownFragments | undefined;
  /** Commits whose snapshots stay in the manifest; absent: all. The tree's own always does. */
  readonly keepCommits?: ReadonlySet<string>;
  /** A snapshot that `previous` names; undefined: it cannot be read. Absent: no row is ever left out of the table. */
  readonly readSnapshot?: (of: { readonly tableId: string; readonly sha256: string }) => Promise<Snapshot | undefined>;
  /** Keep the native full-text index that LanceDB can search by; null, absent: as the table has it. */
  readonly nativeTextIndex?: boolean | null | undefined;
  /** Parse threads; 0: none. Absent: what suits the machine. */
  readonly threads?: number | undefined;
  /** Rows are appended at least this often, in seconds, so that a killed run loses little. Absent: FLUSH_SECONDS. */
  readonly flushSeconds?: number | undefined;
  readonly onProgress?: (progress: IndexProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface IndexTreeResult {
  readonly manifest: Manifest;
  readonly snapshot: Snapshot;
  /** Name of the snapshot, as the manifest lists it. */
  readonly snapshotSha256: string;
  readonly newRows: number;
  readonly newFiles: number;
  /** Bytes of the new files' texts, and of those that were looked at and skipped. */
  readonly newBytes: number;
  readonly embeddedChunks: number;
  /** All of the tree's files that have no rows, remembered ones too. */
  readonly skipped: readonly SkippedFile[];
  /** The tree's files whose rows have marks where secrets were, as far as this machine made them. */
  readonly redacted: readonly RedactedFile[];
  /** File versions of any commit whose rows hold secrets in the clear. */
  readonly exposed: readonly ExposedFile[];
  /** Paths that a rule keeps out of this tree although other commits' versions of them are in the table. */
  readonly stillIndexed: readonly string[];
  /** Seconds: `read`, `append`, `merge`, `textIndex`, `describe` on the clock, `select`, `chunk`, `terms`, `embed` of all threads together. */
  readonly stages: Readonly<Record<string, number>>;
  /** false: manifest and snapshot are those of `previous`, byte for byte. */
  readonly changed: boolean;
}
