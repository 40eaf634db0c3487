/** What both tables of a repository are indexed with, and the one call that does it. */
import { join } from "node:path";
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import type { Embedding } from "../../ingest/embedding.ts";
import type { IndexProgress, IndexTreeResult } from "../../ingest/index-tree-contract.ts";
import type { SelectLimits } from "../../source/select-file.ts";
import type { SecretPolicy } from "../../protocol/secret-policy.ts";
import type { SourceFile, SourceTree } from "../../source/source-tree.ts";
import { type LocalTable, SHARED_TABLE } from "../../protocol/ids.ts";
import { catObject } from "../../plumbing/cat-object.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { snapshotKey } from "../../protocol/keys.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import type { Purges } from "../../protocol/purges.ts";
import { decodeSnapshot, type Snapshot } from "../../protocol/snapshot.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { countEmbedding } from "./model-progress.ts";
import { BUILT_IN_MODEL, openEmbedder } from "../../models/models.ts";
import type { Step } from "./read-source.ts";
import type { RunMemory } from "./run-memory.ts";
import { selectLimits } from "./select-limits.ts";

export interface IndexRepoOptions {
  readonly home: Home;
  readonly repo: RepoConfig;
  /** Changes the repository's model; null: the one it has. */
  readonly model: string | null;
  /** What to call a commit that is checked out without a branch. */
  readonly branch?: string | null | undefined;
  /** Another branch, tag or commit than the one that is checked out or followed; null: that one. */
  readonly ref?: string | null | undefined;
  /** Also drops branches that were deleted at the source. */
  readonly prune?: boolean | undefined;
  /** null: what the repository remembers. */
  readonly maxFileBytes: number | null;
  readonly include?: readonly string[] | null | undefined;
  /** What happens to files that hold secrets, from now on; null: as it was. */
  readonly secrets?: SecretPolicy | null | undefined;
  /** Of the runs of this process over the same repository. */
  readonly memory?: RunMemory | undefined;
  /** Keep the native full-text index, for those who open a copy of the bucket with LanceDB; null: as the index has it. */
  readonly nativeTextIndex?: boolean | null | undefined;
  /** Threads that parse, and threads of an ONNX model; null: one a core. */
  readonly threads?: number | null | undefined;
  /** What is embedded is kept at least this often; null: as the indexer likes. */
  readonly flushSeconds?: number | null | undefined;
  /** The machine's clock, ms since the epoch. */
  readonly now?: (() => number) | undefined;
  readonly onProgress?: ((step: Step) => void) | undefined;
  /** Told what the user should hear about the source: sentences. */
  readonly onWarning?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What both tables of a repository are indexed with. */
export interface IndexContext extends Pick<
  IndexRepoOptions,
  | "home"
  | "repo"
  | "branch"
  | "memory"
  | "nativeTextIndex"
  | "threads"
  | "flushSeconds"
  | "onProgress"
  | "onWarning"
  | "signal"
> {
  /** Name of the model on this machine. */
  readonly model: string;
  readonly embedding: Embedding;
  readonly limits: SelectLimits;
}

export async function indexContext(options: IndexRepoOptions): Promise<IndexContext> {
  const { home, repo, branch, memory, nativeTextIndex, threads, flushSeconds, onProgress, onWarning, signal } = options;
  const model = options.model ?? repo.model;
  const onLoading = () => onProgress?.({ label: `loading the model ${model}`, done: 0, unit: "" });
  const embedding: Embedding =
    model === BUILT_IN_MODEL
      ? { kind: "built-in" }
      : { kind: "model", embedder: await openEmbedder(home, model, { threads: threads ?? undefined, onLoading }) };
  const limits = selectLimits(options);
  const given = { memory, nativeTextIndex, threads, flushSeconds, onProgress, onWarning, signal };
  return { home, repo, branch, model, embedding, limits, ...given };
}

/** The shared call of the tree indexer; `elsewhere` leaves out what another table holds. */
export async function runIndexTree(
  context: IndexContext,
  of: {
    readonly tree: SourceTree;
    readonly tableName: LocalTable;
    readonly previous: Manifest | null;
    /** What the repository's main index has purged. */
    readonly purges: Purges | undefined;
    /** See `IndexTreeOptions`. */
    readonly keepCommits?: ReadonlySet<string> | null | undefined;
    readonly elsewhere?: (file: SourceFile) => boolean;
  },
): Promise<IndexTreeResult> {
  const { home, repo, embedding, limits, onProgress: onStep, signal } = context;
  const { indexTree } = await import("../../ingest/index-tree.ts");
  const counted =
    embedding.kind === "built-in" ? undefined : countEmbedding({ embedder: embedding.embedder, onStep, signal });
  const onProgress = (progress: IndexProgress) => {
    const { phase, filesDone, filesTotal } = progress;
    if (counted && phase === "index") counted.onProgress(progress);
    else onStep?.({ label: LABELS[phase], done: filesDone, total: filesTotal, unit: "files" });
  };
  return indexTree({
    home: home.dir,
    repo: repo.id,
    tree: of.tree,
    tableName: of.tableName,
    previous: of.previous,
    purges: of.purges,
    readSnapshot: (named) => wholeSnapshot(home.store, repo.id, named),
    ...(of.keepCommits && { keepCommits: of.keepCommits }),
    elsewhere: of.elsewhere,
    known: context.memory?.fragments[of.tableName],
    embedding: counted ? { kind: "model", embedder: counted.embedder } : embedding,
    limits,
    skipCache: join(home.dir, "cache", repo.id, `skipped-${of.tableName}.json`),
    secretCache: join(home.dir, "cache", repo.id, `secrets-${of.tableName}.json`),
    // nobody but this program sees the other one
    nativeTextIndex: of.tableName === SHARED_TABLE ? context.nativeTextIndex : false,
    threads: context.threads ?? undefined,
    flushSeconds: context.flushSeconds ?? undefined,
    signal,
    onProgress,
  });
}

/** undefined: it is gone or damaged. What it saw is then not known, which is for `repair` to say. */
async function wholeSnapshot(
  store: ObjectStore,
  repo: string,
  { tableId, sha256 }: { readonly tableId: string; readonly sha256: string },
): Promise<Snapshot | undefined> {
  const key = snapshotKey(repo, tableId, sha256);
  try {
    return decodeSnapshot(await catObject({ from: store, object: { key, sha256 } }), key);
  } catch (error) {
    if (isRepobaseError(error, "missing_objects", "hash_mismatch", "corrupt_index")) return undefined;
    throw error;
  }
}

const LABELS = {
  compare: "comparing",
  index: "indexing",
  "text-index": "building the native text index",
  finish: "finishing",
} as const;
