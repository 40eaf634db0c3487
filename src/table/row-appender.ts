/**
 * Gathers row blocks and appends them in big batches, one being written while the next one fills. A block is never
 * divided, so a file's chunks are in the table together or not at all. Memory stays below about two batches. Rows that
 * are slow to come (a large embedding model) are not kept waiting for a full batch: a killed run loses little.
 */
import type { NumberedBlock } from "./arrow-batch.ts";
import { blockBytes, type RowBlock } from "./row-block.ts";
import { MAX_FLUSH_BYTES, type TableWriter } from "./table-writer.ts";

/** Gathered rows are appended after this long, however few they are. */
const FLUSH_SECONDS = 20;
/** Or after this share of the run so far, so that a run of hours ends with tens of fragments and not with hundreds. */
const FLUSH_SHARE = 0.05;

export class RowAppender {
  private readonly began: number;
  /** When the oldest of the gathered rows came. */
  private gatheredSince = 0;
  private gathered: NumberedBlock[] = [];
  private gatheredBytes = 0;
  private writing: Promise<void> = Promise.resolve();
  private nextFileId: number;
  /** Seconds spent in native appends. */
  seconds = 0;

  /** @param open called once, at the first batch: a run that finds nothing new opens nothing */
  constructor(
    private readonly open: () => Promise<TableWriter>,
    firstFileId: number,
    private readonly flushSeconds = FLUSH_SECONDS,
    /** ms that only ever grow */
    private readonly now: () => number = () => performance.now(),
  ) {
    this.began = now();
    this.nextFileId = firstFileId;
  }

  /** @returns the fileId of the block's first file; the others follow it */
  async add(block: RowBlock): Promise<number> {
    const firstFileId = this.nextFileId;
    if (block.rows === 0) return firstFileId;
    const bytes = blockBytes(block);
    if (this.gatheredBytes + bytes > MAX_FLUSH_BYTES) await this.flush();
    if (this.gathered.length === 0) this.gatheredSince = this.now();
    this.gathered.push({ block, fileIds: block.files.map((_, i) => firstFileId + i) });
    this.gatheredBytes += bytes;
    this.nextFileId += block.files.length;
    if (this.isLate()) await this.flush();
    return firstFileId;
  }

  private isLate(): boolean {
    const now = this.now();
    const limit = Math.max(this.flushSeconds * 1000, (now - this.began) * FLUSH_SHARE);
    return now - this.gatheredSince >= limit;
  }

  /** Writes what is gathered and waits for all of it. */
  async finish(): Promise<void> {
    await this.flush();
    await this.writing;
  }

  /** Starts the next write as soon as the last one is done. */
  private async flush(): Promise<void> {
    await this.writing;
    const [parts, bytes] = [this.gathered, this.gatheredBytes];
    if (parts.length === 0) return;
    this.gathered = [];
    this.gatheredBytes = 0;
    this.writing = this.append(parts, bytes);
    this.writing.catch(() => {}); // thrown by the await above, or in finish()
  }

  private async append(parts: readonly NumberedBlock[], bytes: number): Promise<void> {
    const writer = await this.open();
    const start = performance.now();
    await writer.append(parts);
    // two batches are dead now; of 100,000 chunks this takes another 0.14 GB off the peak. After a small one it would only cost time
    if (bytes >= MAX_FLUSH_BYTES / 4) Bun.gc(true);
    this.seconds += (performance.now() - start) / 1000;
  }
}
