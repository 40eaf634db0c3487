/** What both tables of a repository are indexed with, and the one call that does it. */
import { join } from "node:path";
import type { Embedder } from "../embed/embedder.ts";
import type { RepoConfig } from "../home/config.ts";
import type { Home } from "../home/home.ts";
import type { IndexTreeResult } from "../ingest/index-tree.ts";
import { DEFAULT_LIMITS, type SelectLimits } from "../ingest/select-file.ts";
import type { SourceTree } from "../ingest/source-tree.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { BUILT_IN_MODEL, openEmbedder } from "./models.ts";
import type { Step } from "./read-source.ts";

export interface IndexRepoOptions {
  readonly home: Home;
  readonly repo: RepoConfig;
  /** Changes the repository's model; null: the one it has. */
  readonly model: string | null;
  readonly maxFileBytes: number | null;
  readonly onProgress?: (step: Step) => void;
  readonly signal?: AbortSignal;
}

/** What both tables of a repository are indexed with. */
export interface IndexContext extends IndexRepoOptions {
  readonly embedder: Embedder | "static";
  readonly limits: SelectLimits;
}

export async function indexContext(options: IndexRepoOptions): Promise<IndexContext> {
  const { home, repo } = options;
  const model = options.model ?? repo.model;
  const embedder = model === BUILT_IN_MODEL ? "static" : await openEmbedder(home, model);
  const limits = { ...DEFAULT_LIMITS, ...(options.maxFileBytes === null ? {} : { maxFileBytes: options.maxFileBytes }) };
  return { ...options, model, embedder, limits };
}

/** The shared call of the tree indexer; `elsewhere` leaves out what another table holds. */
export async function runIndexTree(
  context: IndexContext,
  of: {
    readonly tree: SourceTree;
    readonly tableName: "files.lance" | "worktree.lance";
    readonly previous: Manifest | null;
    readonly elsewhere?: (file: { readonly path: string; readonly blob: string }) => boolean;
  },
): Promise<IndexTreeResult> {
  const { home, repo, embedder, limits, onProgress, signal } = context;
  const { indexTree } = await import("../ingest/index-tree.ts");
  return indexTree({
    ...of,
    home: home.dir,
    repo: repo.id,
    embedder,
    limits,
    skipCache: join(home.dir, "cache", repo.id, `skipped-${of.tableName}.json`),
    ...(signal ? { signal } : {}),
    ...(onProgress
      ? { onProgress: ({ phase, filesDone, filesTotal }) => onProgress({ label: LABELS[phase], done: filesDone, total: filesTotal, unit: "files" }) }
      : {}),
  });
}

const LABELS = { compare: "comparing", index: "indexing", "text-index": "building the text index", finish: "finishing" } as const;
