/** Hashes of everything the development trees hold: pairs with the same text are left out, whatever repository copied them. */
import { join } from "node:path";
import { readdir } from "node:fs/promises";
import { CHUNKER } from "../../src/chunk/chunk.ts";
import { chunksOfTree } from "./evaluate.ts";
import { contentHash } from "./prepare.ts";

export async function foreignHashes(questions: string, cache: string): Promise<Set<number>> {
  const hashes = new Set<number>();
  for (const tree of (await readdir(join(questions, "trees"))).sort())
    for (const { contents } of await chunksOfTree(
      join(questions, "trees", tree),
      join(cache, `${CHUNKER}-${tree}.jsonl`),
    ))
      hashes.add(contentHash(contents));
  return hashes;
}
