/**
 * Reads Roaring bitmaps (the format is told in roaring.ts) and answers from them as they are: a few bytes of runs can claim
 * 2^32 values, so nothing is expanded until somebody says how many values there may be. Opening one checks all of it, in
 * time and memory of its own bytes.
 */
import { RepobaseError } from "./errors.ts";
import { BITMAP_BYTES, COOKIE, MAX_ARRAY, OFFSETS_FROM, RUN_COOKIE } from "./roaring.ts";

/** Of a container's place: `high, start, count` in three lists, and whether it is made of runs. */
interface Containers {
  readonly n: number;
  readonly high: Uint16Array;
  /** Of the container's body, bytes from the start. */
  readonly start: Uint32Array;
  readonly count: Uint32Array;
  readonly isRun: Uint8Array;
}

export class BitmapSet {
  readonly #view: DataView;
  readonly #containers: Containers;
  /** How many values it has. */
  readonly size: number;

  /**
   * No bytes at all are the empty bitmap too (Lance writes it so).
   * @throws RepobaseError `corrupt_index` for anything but exactly one well-formed bitmap
   */
  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#containers = bytes.length === 0 ? NOTHING : readContainers(this.#view);
    this.size = this.#containers.count.reduce((sum, count) => sum + count, 0);
  }

  /** Memory it takes, about. */
  get heldBytes(): number {
    return this.#view.byteLength + 11 * this.#containers.n;
  }

  /** The highest value; -1: it is empty. */
  get last(): number {
    const { n, high, start, count, isRun } = this.#containers;
    if (n === 0) return -1;
    const c = n - 1;
    const at = start[c] as number;
    return (high[c] as number) * 65536 + lastIn(this.#view, { at, count: count[c] as number, isRun: isRun[c] === 1 });
  }

  has(value: number): boolean {
    const { n, high, start, count, isRun } = this.#containers;
    const c = lastAtMost(n, (i) => high[i] as number, value >>> 16);
    if (c < 0 || high[c] !== value >>> 16) return false;
    const view = this.#view;
    const at = start[c] as number;
    const low = value & 0xffff;
    if (isRun[c] === 1) {
      const run = lastAtMost(view.getUint16(at, true), (i) => view.getUint16(at + 2 + 4 * i, true), low);
      if (run < 0) return false;
      const from = at + 2 + 4 * run;
      return low - view.getUint16(from, true) <= view.getUint16(from + 2, true);
    }
    const values = count[c] as number;
    if (values > MAX_ARRAY) return ((view.getUint8(at + (low >> 3)) >> (low & 7)) & 1) === 1;
    const place = lastAtMost(values, (i) => view.getUint16(at + 2 * i, true), low);
    return place >= 0 && view.getUint16(at + 2 * place, true) === low;
  }

  /**
   * Ascending.
   * @param atMost more cannot be right
   * @throws RepobaseError `corrupt_index` when there are more, before they take memory
   */
  values(atMost: number): Uint32Array {
    if (this.size > atMost) throw corrupt(`has ${this.size} values, above the limit of ${atMost}`);
    const out = new Uint32Array(this.size);
    let filled = 0;
    forEachValue(this.#view, this.#containers, (value) => (out[filled++] = value));
    return out;
  }
}

const NOTHING: Containers = {
  n: 0,
  high: new Uint16Array(),
  start: new Uint32Array(),
  count: new Uint32Array(),
  isRun: new Uint8Array(),
};

/** All values, as `BitmapSet.values` gives them. */
export const decodeBitmap = (bytes: Uint8Array, atMost: number): Uint32Array => new BitmapSet(bytes).values(atMost);

/** The last of `n` ascending numbers that is at most `wanted`; -1: none is. */
function lastAtMost(n: number, at: (i: number) => number, wanted: number): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(middle) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function readContainers(view: DataView): Containers {
  let at = 0;
  const take = (length: number): number => {
    if (at + length > view.byteLength) throw corrupt("ends too early");
    at += length;
    return at - length;
  };
  const cookie = view.getUint32(take(4), true);
  const hasRuns = (cookie & 0xffff) === RUN_COOKIE;
  if (!hasRuns && cookie !== COOKIE) throw corrupt("starts with no known cookie");
  const n = hasRuns ? (cookie >>> 16) + 1 : view.getUint32(take(4), true);
  if (n > 65536) throw corrupt(`claims ${n} containers`);
  const flags = hasRuns ? take(Math.ceil(n / 8)) : 0;
  const header = take(4 * n);
  const offsets = !hasRuns || n >= OFFSETS_FROM ? take(4 * n) : undefined;
  const found: Containers = {
    n,
    high: new Uint16Array(n),
    start: new Uint32Array(n),
    count: new Uint32Array(n),
    isRun: new Uint8Array(n),
  };
  for (let i = 0; i < n; i++) {
    const high = view.getUint16(header + 4 * i, true);
    if (i > 0 && high <= (found.high[i - 1] as number)) throw corrupt("has containers out of order");
    if (offsets !== undefined && view.getUint32(offsets + 4 * i, true) !== at) throw corrupt("has a wrong offset");
    const count = view.getUint16(header + 4 * i + 2, true) + 1;
    const isRun = hasRuns && ((view.getUint8(flags + (i >> 3)) >> (i & 7)) & 1) === 1;
    found.high[i] = high;
    found.count[i] = count;
    found.isRun[i] = isRun ? 1 : 0;
    found.start[i] = isRun ? takeRuns(view, count, take) : takePlain(view, count, take);
  }
  if (at !== view.byteLength) throw corrupt("has bytes after its end");
  return found;
}

function takeRuns(view: DataView, count: number, take: (length: number) => number): number {
  const start = take(2);
  const runs = view.getUint16(start, true);
  take(4 * runs);
  let values = 0;
  let last = -1;
  for (let r = 0; r < runs; r++) {
    const first = view.getUint16(start + 2 + 4 * r, true);
    const length = view.getUint16(start + 4 + 4 * r, true);
    if (first <= last) throw corrupt("is not ascending");
    last = first + length;
    if (last > 0xffff) throw corrupt("has a run that is too long");
    values += length + 1;
  }
  if (values !== count) throw corrupt("has a container with a wrong count");
  return start;
}

function takePlain(view: DataView, count: number, take: (length: number) => number): number {
  if (count <= MAX_ARRAY) {
    const start = take(2 * count);
    for (let i = 1; i < count; i++)
      if (view.getUint16(start + 2 * i, true) <= view.getUint16(start + 2 * i - 2, true))
        throw corrupt("is not ascending");
    return start;
  }
  const start = take(BITMAP_BYTES);
  let values = 0;
  for (let word = 0; word < BITMAP_BYTES; word += 4) values += bitsIn(view.getUint32(start + word, true));
  if (values !== count) throw corrupt("has a container with a wrong count");
  return start;
}

function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The highest value of one container, by its low 16 bits. */
function lastIn(view: DataView, { at, count, isRun }: { at: number; count: number; isRun: boolean }): number {
  if (isRun) {
    const run = at + 4 * view.getUint16(at, true) - 2;
    return view.getUint16(run, true) + view.getUint16(run + 2, true);
  }
  if (count <= MAX_ARRAY) return view.getUint16(at + 2 * (count - 1), true);
  let word = BITMAP_BYTES / 4 - 1;
  while (view.getUint32(at + 4 * word, true) === 0) word--;
  return 32 * word + 31 - Math.clz32(view.getUint32(at + 4 * word, true));
}

function forEachValue(view: DataView, of: Containers, visit: (value: number) => void): void {
  for (let i = 0; i < of.n; i++) {
    const base = (of.high[i] as number) * 65536;
    const at = of.start[i] as number;
    const count = of.count[i] as number;
    if (of.isRun[i] === 1) {
      const runs = view.getUint16(at, true);
      for (let r = 0; r < runs; r++) {
        const first = view.getUint16(at + 2 + 4 * r, true);
        const last = first + view.getUint16(at + 4 + 4 * r, true);
        for (let v = first; v <= last; v++) visit(base + v);
      }
    } else if (count <= MAX_ARRAY) for (let v = 0; v < count; v++) visit(base + view.getUint16(at + 2 * v, true));
    else
      for (let word = 0; word < BITMAP_BYTES / 4; word++)
        for (let bits = view.getUint32(at + 4 * word, true); bits !== 0; bits &= bits - 1)
          visit(base + 32 * word + 31 - Math.clz32(bits & -bits));
  }
}

const corrupt = (what: string) => new RepobaseError("corrupt_index", `bitmap ${what}`);
