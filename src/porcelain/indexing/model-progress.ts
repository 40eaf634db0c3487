/**
 * Counts the chunks a slow model has embedded, batch by batch. The indexer speaks up after each handful of files, which with a
 * transformer can take a minute: meanwhile there must be something to see, and Ctrl-C must end the run, not wait for them.
 */
import type { Embedder } from "../../embed/embedder.ts";
import type { IndexProgress } from "../../ingest/index-tree-contract.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { Step } from "./read-source.ts";

export interface CountedEmbedder {
  /** The same model; give this one to the indexer. */
  readonly embedder: Embedder;
  /** The indexer's own progress; kept for the estimate of how many chunks there will be. */
  readonly onProgress: (progress: IndexProgress) => void;
}

/** One for each call of the indexer. Steps count chunks; their total is estimated from the files that are done, and unknown before. */
export function countEmbedding(of: {
  readonly embedder: Embedder;
  readonly onStep?: ((step: Step) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}): CountedEmbedder {
  const { embedder, onStep, signal } = of;
  let embedded = 0;
  let asked = 0;
  let last: IndexProgress | undefined;
  const show = () => {
    const share = last && last.filesDone > 0 ? last.filesTotal / last.filesDone : undefined;
    const total = share && last ? Math.max(asked, Math.round(last.chunks * share)) : undefined;
    onStep?.({ label: "embedding", done: embedded, unit: "chunks", ...(total === undefined ? {} : { total }) });
  };
  return {
    embedder: {
      id: embedder.id,
      dim: embedder.dim,
      embedQuery: (text) => embedder.embedQuery(text),
      embedDocuments(texts, onDone) {
        asked += texts.length;
        show();
        return embedder.embedDocuments(texts, (count) => {
          embedded += count;
          show();
          onDone?.(count);
          if (signal?.aborted)
            throw new RepobaseError("interrupted", "indexing was interrupted", {
              hint: "run it again: what was appended is kept",
            });
        });
      },
    },
    onProgress(progress) {
      last = progress;
      show();
    },
  };
}
