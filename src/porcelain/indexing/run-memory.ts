/**
 * What a process that indexes one repository again and again need not find out anew: which file versions its tables hold, and what
 * came of the commit that uncommitted work lies on. Everything in it is checked against what it was made from.
 */
import type { IndexTreeResult } from "../../ingest/index-tree-contract.ts";
import { KnownFragments } from "../../table/file-versions.ts";

export class RunMemory {
  readonly fragments = { "files.lance": new KnownFragments(), "worktree.lance": new KnownFragments() };
  private commit: { readonly key: string; readonly result: IndexTreeResult } | undefined;

  /** The same once more: nothing is new in it. @param key names all that the result depends on */
  recall(key: string): IndexTreeResult | undefined {
    return this.commit?.key === key ? this.commit.result : undefined;
  }

  remember(key: string, result: IndexTreeResult): void {
    // a file that could not be read may be readable next time
    const isFinal = !result.skipped.some(({ reason }) => reason === "unreadable");
    const nothing = { newRows: 0, newFiles: 0, newBytes: 0, embeddedChunks: 0, stages: {}, changed: false };
    this.commit = isFinal ? { key, result: { ...result, ...nothing } } : undefined;
  }

  /** The next run looks at everything itself. */
  forget(): void {
    this.commit = undefined;
  }
}
