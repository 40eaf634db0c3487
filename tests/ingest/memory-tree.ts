/** A source tree held in memory that counts what is read of it. */
import { createHash } from "node:crypto";
import type { SourceTree } from "../../src/source/source-tree.ts";

export interface MemoryTree extends SourceTree {
  /** Paths, in the order they were read. */
  readonly reads: string[];
}

export const blobId = (bytes: Uint8Array): string =>
  createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");

export function memoryTree(commit: string, contents: Readonly<Record<string, string | Uint8Array>>): MemoryTree {
  const reads: string[] = [];
  const files = Object.entries(contents)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, content]) => {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      return {
        path,
        blob: blobId(bytes),
        size: null,
        read: async () => {
          reads.push(path);
          return bytes.slice();
        },
      };
    });
  return { commit, branch: "main", files, passedOver: [], reads };
}
