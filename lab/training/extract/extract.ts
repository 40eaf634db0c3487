/** The extract stage: every source's pairs in a file of its own, so that a killed run loses at most the repositories under work. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { RepobaseError } from "../../../src/protocol/errors.ts";
import { mirrorName, type Source } from "../repositories.ts";
import type { ExtractRequest, ExtractResponse } from "./extract-worker.ts";

export const pairFile = (folder: string, repo: string): string => join(folder, `${mirrorName(repo)}.jsonl`);

export async function extract(of: {
  sources: readonly Source[];
  folder: string;
  threads: number;
  log: (line: string) => void;
}): Promise<void> {
  const waiting = of.sources.filter(({ repo }) => !existsSync(pairFile(of.folder, repo)));
  let done = of.sources.length - waiting.length;
  await Promise.all(
    Array.from({ length: Math.min(of.threads, waiting.length) }, async () => {
      const worker = new Worker(new URL("./extract-worker.ts", import.meta.url).href);
      try {
        for (let source = waiting.shift(); source !== undefined; source = waiting.shift()) {
          const { pairs, seconds } = await ask(worker, { source, path: pairFile(of.folder, source.repo) });
          of.log(`  ${++done}/${of.sources.length} ${source.repo}: ${pairs} pairs, ${seconds.toFixed(1)} s`);
        }
      } finally {
        worker.terminate();
      }
    }),
  );
}

function ask(worker: Worker, request: ExtractRequest): Promise<{ pairs: number; seconds: number }> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<ExtractResponse>) =>
      "error" in data ? reject(new RepobaseError("failure", `${request.source.repo}: ${data.error}`)) : resolve(data);
    worker.onerror = (event) => reject(new RepobaseError("failure", `${request.source.repo}: ${event.message}`));
    worker.postMessage(request, []);
  });
}
