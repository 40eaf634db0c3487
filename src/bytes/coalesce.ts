/**
 * Merges neighbouring ranges of one read call into fewer requests. Pure planning, then one read of the inner source;
 * the answers are views into the merged buffers, not copies.
 */
import type { ByteDirectory, ByteRange, ByteSource } from "./byte-source.ts";

export interface CoalesceOptions {
  /**
   * Bytes between two ranges that are read for nothing rather than asked for apart. 64 KiB: a request to R2 takes some
   * tens of milliseconds before its first byte, in which far more than that arrives, and a Worker may only wait for 6 at once.
   */
  readonly gap: number;
  /**
   * Largest request made by merging, bytes. 4 MiB: keeps some parallelism in a big scan, and an isolate has 128 MB for
   * everything. A single range above it stays whole.
   */
  readonly max: number;
}

const DEFAULTS: CoalesceOptions = { gap: 64 * 1024, max: 4 * 1024 * 1024 };

/** One request, and which of the wanted ranges (by index) it serves. */
export interface MergedRange extends ByteRange {
  readonly serves: readonly number[];
}

/** The requests for `ranges`, in file order. Overlaps merge; empty ranges are served by whatever request they fall into. */
export function planReads(ranges: readonly ByteRange[], { gap, max }: CoalesceOptions = DEFAULTS): MergedRange[] {
  const order = ranges.map((_, i) => i).sort((a, b) => at(ranges, a).offset - at(ranges, b).offset);
  const plan: { offset: number; end: number; serves: number[] }[] = [];
  for (const i of order) {
    const { offset, length } = at(ranges, i);
    const end = offset + length;
    const last = plan.at(-1);
    if (last !== undefined && offset - last.end <= gap && (end <= last.end || end - last.offset <= max)) {
      last.end = Math.max(last.end, end);
      last.serves.push(i);
    } else plan.push({ offset, end, serves: [i] });
  }
  return plan.map(({ offset, end, serves }) => ({ offset, length: end - offset, serves }));
}

function coalesced(source: ByteSource, options: CoalesceOptions = DEFAULTS): ByteSource {
  return {
    key: source.key,
    size: (signal) => source.size(signal),
    async read(ranges, signal) {
      if (ranges.length <= 1) return source.read(ranges, signal);
      const plan = planReads(ranges, options);
      const buffers = await source.read(plan, signal);
      const out: Uint8Array[] = ranges.map(() => EMPTY);
      plan.forEach((request, r) => {
        const buffer = buffers[r] as Uint8Array;
        for (const i of request.serves) {
          const { offset, length } = at(ranges, i);
          out[i] = buffer.subarray(offset - request.offset, offset - request.offset + length);
        }
      });
      return out;
    },
  };
}

export function coalescedDirectory(directory: ByteDirectory, options: CoalesceOptions = DEFAULTS): ByteDirectory {
  return { open: (path, size) => coalesced(directory.open(path, size), options) };
}

const EMPTY = new Uint8Array();

const at = (ranges: readonly ByteRange[], i: number) => ranges[i] as ByteRange;
