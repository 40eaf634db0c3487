/**
 * The rows of the static model's table: one of `dim` int8 values for each piece. The CLI holds the whole table; the
 * Worker reads only the rows a query needs, from static assets of 256 rows each: a query has about ten pieces, so it
 * reads under a sixth of the 6 MB once and nothing when its shards are warm.
 */
import { RepobaseError } from "../protocol/errors.ts";

/** What a text is made of, before any row is read: a vector is the sum of `weights[i]` times table row `ids[i]`. */
export interface WeighedPieces {
  /** Distinct, in order of appearance. */
  readonly ids: readonly number[];
  /** The row's scale included. */
  readonly weights: readonly number[];
}

export interface PieceTable {
  /** How many rows there are, where that is known. */
  readonly count?: number;
  /** The sum of the rows `ids` times `weights`, where all are in memory. Good until the next call. */
  sum?(pieces: WeighedPieces): Float64Array;
  /** The rows of `ids`, in their order. May be called again after any error. */
  rows(ids: readonly number[]): Promise<readonly Int8Array[]>;
}

/** Rows in one shard; the last has what is left. 256 x 384 bytes = 96 KiB. */
export const SHARD_ROWS = 256;

/** File name of shard `index`, below whatever folder serves them. */
export const shardName = (index: number) => `table-${String(index).padStart(3, "0")}.i8`;

/** The shards of a whole table, in order, to be written beside each other. */
export function cutShards(table: Uint8Array, dim: number): { name: string; bytes: Uint8Array }[] {
  const size = SHARD_ROWS * dim;
  return Array.from({ length: Math.ceil(table.length / size) }, (_, index) => ({
    name: shardName(index),
    bytes: table.subarray(index * size, (index + 1) * size),
  }));
}

/**
 * Rows through `fetchShard(index)`, which gives the bytes of `shardName(index)`. Keeps every shard it got: resolved bytes,
 * never a promise, because a Worker must not wait for another request's I/O.
 */
export class ShardedPieceTable implements PieceTable {
  private readonly shards = new Map<number, Int8Array>();

  constructor(
    private readonly fetchShard: (index: number) => Promise<Uint8Array>,
    private readonly dim: number,
  ) {}

  async rows(ids: readonly number[]): Promise<readonly Int8Array[]> {
    const missing = new Set(ids.map(shardOf).filter((index) => !this.shards.has(index)));
    await Promise.all(
      Array.from(missing, async (index) => {
        const bytes = await this.fetchShard(index);
        this.shards.set(index, new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      }),
    );
    return ids.map((id) => {
      const start = (id % SHARD_ROWS) * this.dim;
      const row = this.shards.get(shardOf(id))?.subarray(start, start + this.dim);
      if (row?.length !== this.dim)
        throw new RepobaseError(
          "corrupt_index",
          `the model's shard ${shardName(shardOf(id))} has no row for piece ${id}`,
        );
      return row;
    });
  }
}

const shardOf = (id: number) => Math.floor(id / SHARD_ROWS);
