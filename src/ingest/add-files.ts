/** Reads, parses and appends the files that a table lacks. */
import type { RedactedFile, SkippedFile } from "../source/source-tree.ts";
import { RowAppender } from "../table/row-appender.ts";
import type { Run } from "./index-run.ts";
import { defaultThreads } from "./parse-pool.ts";
import { parseTree } from "./parse-tree.ts";

/** What `addFiles` brought into the table. */
export interface Added {
  readonly fileIds: readonly number[];
  readonly skipped: readonly SkippedFile[];
  readonly redacted: readonly RedactedFile[];
  readonly rows: number;
  readonly bytes: number;
}

/** The plan's fresh files; each is numbered in `versions`. @throws what parsing and the writer throw; what is computed by then is kept */
export async function addFiles({ options, plan, versions, session, stages }: Run): Promise<Added> {
  const files = plan.fresh;
  const fileIds: number[] = [];
  const skipped: SkippedFile[] = [];
  const redacted: RedactedFile[] = [];
  const added = { fileIds, skipped, redacted, rows: 0, bytes: 0 };
  let filesDone = 0;
  const report = () =>
    options.onProgress?.({
      phase: "index",
      filesDone,
      filesTotal: files.length,
      bytesDone: added.bytes,
      chunks: added.rows,
    });
  report();
  if (files.length === 0) return added;
  const appender = new RowAppender(() => session.writer(), versions.nextFileId, options.flushSeconds);
  const parsed = parseTree({
    files,
    limits: options.limits,
    embedding: options.embedding,
    threads: options.threads ?? defaultThreads(),
    isLongRunning: options.known !== undefined,
    seconds: stages,
    onStarted: () => session.prepare(),
    ...(options.signal && { signal: options.signal }),
  });
  try {
    for await (const part of parsed) {
      const firstId = await appender.add(part.block);
      part.block.files.forEach((file, i) => {
        versions.add(file, firstId + i);
        added.fileIds.push(firstId + i);
      });
      added.skipped.push(...part.skipped);
      added.redacted.push(...part.redacted);
      added.rows += part.block.rows;
      added.bytes += part.bytes;
      filesDone += part.files;
      report();
    }
  } finally {
    // interrupted too: what is computed is kept, and the next run goes on from there
    await appender.finish();
  }
  stages.append = appender.seconds;
  return added;
}
