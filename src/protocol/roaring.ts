/**
 * Portable 32-bit Roaring bitmaps, the format of https://github.com/RoaringBitmap/RoaringFormatSpec: what our snapshots
 * use for visible files and Lance for deleted rows and covered fragments. Bytes in, sorted numbers out; nothing else.
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

const COOKIE = 12346;
const RUN_COOKIE = 12347;
/** A container with more values than this is a bitmap: at 4096 values an array needs as many bytes as a bitmap. */
const MAX_ARRAY = 4096;
const BITMAP_BYTES = 8192;
/** With runs the offsets are left out below this many containers. */
const OFFSETS_FROM = 4;
/** 64 MiB decoded. A few bytes of runs can claim 2^32 values; no table of ours comes near this many files or rows. */
const MAX_VALUES = 1 << 24;

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

/**
 * The values, strictly ascending. No bytes at all are the empty bitmap too (Lance writes it so).
 * @throws RepobaseError `corrupt_index` for anything but exactly one well-formed bitmap, `unsupported_format` above 2^24 values
 */
export function decodeBitmap(bytes: Uint8Array): Uint32Array {
  if (bytes.length === 0) return new Uint32Array();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (length: number): number => {
    if (at + length > bytes.length) throw corrupt("ends too early");
    at += length;
    return at - length;
  };
  const cookie = view.getUint32(take(4), true);
  let n: number;
  let runFlags: Uint8Array | undefined;
  if ((cookie & 0xffff) === RUN_COOKIE) {
    n = (cookie >>> 16) + 1;
    const flags = take(Math.ceil(n / 8));
    runFlags = bytes.subarray(flags, at);
  } else if (cookie === COOKIE) {
    n = view.getUint32(take(4), true);
    if (n > 65536) throw corrupt(`claims ${n} containers`);
  } else throw corrupt("starts with no known cookie");
  const header = take(4 * n);
  const offsets = runFlags === undefined || n >= OFFSETS_FROM ? take(4 * n) : undefined;
  let total = 0;
  for (let i = 0; i < n; i++) total += view.getUint16(header + 4 * i + 2, true) + 1;
  if (total > MAX_VALUES)
    throw new RepobaseError("unsupported_format", `bitmap of ${total} values is above the limit of ${MAX_VALUES}`);

  const out = new Uint32Array(total);
  let filled = 0;
  let previousHigh = -1;
  for (let i = 0; i < n; i++) {
    const high = view.getUint16(header + 4 * i, true);
    if (high <= previousHigh) throw corrupt("has containers out of order");
    previousHigh = high;
    if (offsets !== undefined && view.getUint32(offsets + 4 * i, true) !== at) throw corrupt("has a wrong offset");
    const count = view.getUint16(header + 4 * i + 2, true) + 1;
    const isRun = runFlags !== undefined && (((runFlags[i >> 3] as number) >> (i & 7)) & 1) === 1;
    const slot = out.subarray(filled, filled + count);
    const kind = isRun ? "run" : count <= MAX_ARRAY ? "array" : "bitmap";
    readContainer(slot, { kind, base: high * 65536, view, take });
    filled += count;
  }
  if (at !== bytes.length) throw corrupt("has bytes after its end");
  for (let i = 1; i < out.length; i++)
    if ((out[i] as number) <= (out[i - 1] as number)) throw corrupt("is not ascending");
  return out;
}

/** Fills `slot` with exactly its number of values. */
function readContainer(
  slot: Uint32Array,
  from: { kind: Container["kind"]; base: number; view: DataView; take(length: number): number },
): void {
  const { kind, base, view, take } = from;
  let filled = 0;
  if (kind === "array") {
    const start = take(2 * slot.length);
    for (; filled < slot.length; filled++) slot[filled] = base + view.getUint16(start + 2 * filled, true);
  } else if (kind === "bitmap") {
    const start = take(BITMAP_BYTES);
    for (let word = 0; word < BITMAP_BYTES / 4; word++) {
      let bits = view.getUint32(start + 4 * word, true);
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits & -bits);
        // Writes past the slot vanish; the count below tells.
        slot[filled++] = base + 32 * word + bit;
        bits &= bits - 1;
      }
    }
  } else {
    const runs = view.getUint16(take(2), true);
    const start = take(4 * runs);
    for (let r = 0; r < runs; r++) {
      const first = view.getUint16(start + 4 * r, true);
      const last = first + view.getUint16(start + 4 * r + 2, true);
      if (last > 0xffff || filled + last - first >= slot.length) throw corrupt("has a run that is too long");
      for (let v = first; v <= last; v++) slot[filled++] = base + v;
    }
  }
  if (filled !== slot.length) throw corrupt("has a container with a wrong count");
}

const corrupt = (what: string) => new RepobaseError("corrupt_index", `bitmap ${what}`);
