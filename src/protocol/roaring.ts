/**
 * Portable 32-bit Roaring bitmaps, the format of https://github.com/RoaringBitmap/RoaringFormatSpec: what our snapshots
 * use for visible files and Lance for deleted rows and covered fragments. Here they are written; bitmap-set.ts reads them.
 *
 * | part            | no runs (cookie 12346)        | with runs (cookie 12347)                            |
 * |-----------------|-------------------------------|-----------------------------------------------------|
 * | header          | u32 12346, u32 n              | u16 12347, u16 n - 1, ceil(n / 8) bytes: is it a run |
 * | per container   | u16 high half, u16 values - 1 | the same                                            |
 * | offsets         | n x u32                       | n x u32, only when n >= 4                           |
 * | array, <= 4096  | values x u16, ascending       | a run: u16 runs, runs x (u16 first, u16 length - 1) |
 * | bitmap          | 8192 bytes, LSB first         |                                                     |
 */
import { RepobaseError } from "./errors.ts";

export const COOKIE = 12346;
export const RUN_COOKIE = 12347;
/** A container with more values than this is a bitmap: at 4096 values an array needs as many bytes as a bitmap. */
export const MAX_ARRAY = 4096;
export const BITMAP_BYTES = 8192;
/** With runs the offsets are left out below this many containers. */
export const OFFSETS_FROM = 4;

interface Container {
  readonly high: number;
  /** The low halves, ascending. */
  readonly values: Uint32Array;
  readonly runs: number;
  readonly kind: "array" | "bitmap" | "run";
  readonly bytes: number;
}

/**
 * @param sorted strictly ascending
 * @throws RepobaseError `usage` when it is not
 */
export function encodeBitmap(sorted: Uint32Array): Uint8Array {
  const containers = splitContainers(sorted);
  const n = containers.length;
  const hasRuns = containers.some((c) => c.kind === "run");
  const headerBytes = (hasRuns ? 4 + Math.ceil(n / 8) : 8) + 4 * n;
  const offsetBytes = !hasRuns || n >= OFFSETS_FROM ? 4 * n : 0;
  const out = new Uint8Array(containers.reduce((sum, c) => sum + c.bytes, headerBytes + offsetBytes));
  const view = new DataView(out.buffer);
  let at: number;
  if (hasRuns) {
    view.setUint32(0, RUN_COOKIE | ((n - 1) << 16), true);
    containers.forEach((c, i) => {
      const byte = 4 + (i >> 3);
      if (c.kind === "run") out[byte] = (out[byte] ?? 0) | (1 << (i & 7));
    });
    at = 4 + Math.ceil(n / 8);
  } else {
    view.setUint32(0, COOKIE, true);
    view.setUint32(4, n, true);
    at = 8;
  }
  let start = headerBytes + offsetBytes;
  containers.forEach((c, i) => {
    view.setUint16(at + 4 * i, c.high, true);
    view.setUint16(at + 4 * i + 2, c.values.length - 1, true);
    if (offsetBytes > 0) view.setUint32(headerBytes + 4 * i, start, true);
    writeContainer(c, { view, at: start });
    start += c.bytes;
  });
  return out;
}

function splitContainers(sorted: Uint32Array): Container[] {
  const containers: Container[] = [];
  let from = 0;
  while (from < sorted.length) {
    const high = (sorted[from] as number) >>> 16;
    let to = from + 1;
    let runs = 1;
    for (; to < sorted.length && (sorted[to] as number) >>> 16 === high; to++) {
      const step = (sorted[to] as number) - (sorted[to - 1] as number);
      if (step <= 0) throw new RepobaseError("usage", "bitmap values are not strictly ascending");
      if (step > 1) runs++;
    }
    if (to < sorted.length && (sorted[to] as number) >>> 16 < high)
      throw new RepobaseError("usage", "bitmap values are not strictly ascending");
    const values = sorted.subarray(from, to).map((v) => v & 0xffff);
    const plain = values.length <= MAX_ARRAY ? 2 * values.length : BITMAP_BYTES;
    const asRuns = 2 + 4 * runs;
    const kind = asRuns < plain ? "run" : values.length <= MAX_ARRAY ? "array" : "bitmap";
    containers.push({ high, values, runs, kind, bytes: Math.min(plain, asRuns) });
    from = to;
  }
  return containers;
}

function writeContainer(c: Container, { view, at }: { view: DataView; at: number }): void {
  if (c.kind === "array") {
    c.values.forEach((v, i) => view.setUint16(at + 2 * i, v, true));
  } else if (c.kind === "bitmap") {
    for (const v of c.values) view.setUint8(at + (v >> 3), view.getUint8(at + (v >> 3)) | (1 << (v & 7)));
  } else {
    view.setUint16(at, c.runs, true);
    let run = at + 2;
    let first = c.values[0] as number;
    let last = first;
    const flush = () => {
      view.setUint16(run, first, true);
      view.setUint16(run + 2, last - first, true);
      run += 4;
    };
    for (const v of c.values.subarray(1)) {
      if (v !== last + 1) {
        flush();
        first = v;
      }
      last = v;
    }
    flush();
  }
}
