/**
 * The postings of a pack while it is made: gathered up to a bound of memory, sorted by term, and written to a scratch file as a run;
 * at the end the runs are read side by side, so that memory stays the same however many rows there are.
 */
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { ByteCursor } from "../../pack/byte-cursor.ts";
import { ByteOutput } from "../../pack/byte-output.ts";
import { noPostings, type PackPostings, putPostings, readPostings } from "../../pack/postings.ts";
import { compareHashes, type TermHash } from "../../pack/term-hash.ts";

/** PackPostings held in memory: 17 bytes each, and as much again while they are sorted. */
const HELD_POSTINGS = 1 << 20;
/** Of a run, read at once. */
const READ_BYTES = 1 << 18;

export interface TermPostings extends TermHash {
  readonly postings: PackPostings;
}

export class TermRuns {
  readonly #low: Uint32Array;
  readonly #high: Uint16Array;
  readonly #docs: Uint32Array;
  readonly #counts: Uint16Array;
  readonly #names: Uint8Array;
  readonly #runs: { path: string; bytes: number }[] = [];
  #used = 0;

  /** @param scratch gives the path of a new file, which is the caller's to remove */
  constructor(
    private readonly scratch: () => string,
    private readonly held = HELD_POSTINGS,
  ) {
    this.#low = new Uint32Array(held);
    this.#high = new Uint16Array(held);
    this.#docs = new Uint32Array(held);
    this.#counts = new Uint16Array(held);
    this.#names = new Uint8Array(held);
  }

  /** Documents come in ascending order; of one document each term once. */
  add(doc: number, { low, high }: TermHash, of: { count: number; name: number }): void {
    if (this.#used === this.held) this.#spill();
    const at = this.#used++;
    this.#low[at] = low;
    this.#high[at] = high;
    this.#docs[at] = doc;
    this.#counts[at] = of.count;
    this.#names[at] = of.name;
  }

  /** All terms by ascending hash, each with all its postings. Once. */
  *sorted(): Generator<TermPostings> {
    const readers = this.#runs.map((run) => new RunReader(run));
    const last = this.#terms();
    try {
      const sources: Iterator<TermPostings>[] = [...readers.map((reader) => reader.terms()), last];
      const heads = sources.map((source) => source.next());
      for (;;) {
        let least: TermPostings | undefined;
        for (const { value, done } of heads)
          if (done !== true && (least === undefined || compareHashes(value as TermPostings, least) < 0)) least = value as TermPostings;
        if (least === undefined) return;
        const parts: PackPostings[] = [];
        heads.forEach((head, i) => {
          if (head.done === true || compareHashes(head.value as TermPostings, least) !== 0) return;
          parts.push((head.value as TermPostings).postings);
          heads[i] = (sources[i] as Iterator<TermPostings>).next();
        });
        yield { low: least.low, high: least.high, postings: joined(parts) };
      }
    } finally {
      for (const reader of readers) reader.close();
    }
  }

  #spill(): void {
    const path = this.scratch();
    const file = openSync(path, "wx", 0o600);
    const out = new ByteOutput(READ_BYTES + 4096);
    const encoded = new ByteOutput();
    let bytes = 0;
    const flush = () => {
      bytes += writeSync(file, out.view());
      out.clear();
    };
    try {
      for (const { low, high, postings } of this.#terms()) {
        encoded.clear();
        const count = postings.docs.length;
        putPostings(encoded, postings, { from: 0, to: count, after: 0 });
        out.u32(low);
        out.u16(high);
        out.u32(count);
        out.u32(encoded.length);
        out.push(encoded.view());
        if (out.length >= READ_BYTES) flush();
      }
      flush();
    } finally {
      closeSync(file);
    }
    this.#runs.push({ path, bytes });
    this.#used = 0;
  }

  /** What is in memory, by ascending hash. */
  *#terms(): Generator<TermPostings> {
    const order = sortedOrder(this.#low.subarray(0, this.#used));
    sortTies(order, this.#low, this.#high);
    for (let from = 0, to = 0; from < order.length; from = to) {
      const first = order[from] as number;
      const low = this.#low[first] as number;
      const high = this.#high[first] as number;
      for (to = from + 1; to < order.length; to++) {
        const next = order[to] as number;
        if (this.#low[next] !== low || this.#high[next] !== high) break;
      }
      const postings = noPostings(to - from);
      for (let i = from; i < to; i++) {
        const at = order[i] as number;
        postings.docs[i - from] = this.#docs[at] as number;
        postings.counts[i - from] = this.#counts[at] as number;
        postings.names[i - from] = this.#names[at] as number;
      }
      yield { low, high, postings: withoutRepeats(postings) };
    }
  }
}

/** Two terms of one document with one hash are one term: their counts add up. */
function withoutRepeats(postings: PackPostings): PackPostings {
  const { docs, counts, names } = postings;
  let kept = 0;
  for (let i = 0; i < docs.length; i++) {
    if (kept > 0 && docs[kept - 1] === docs[i]) {
      counts[kept - 1] = Math.min(65_535, (counts[kept - 1] as number) + (counts[i] as number));
      names[kept - 1] = (names[kept - 1] as number) || (names[i] as number);
      continue;
    }
    docs[kept] = docs[i] as number;
    counts[kept] = counts[i] as number;
    names[kept++] = names[i] as number;
  }
  return kept === docs.length
    ? postings
    : { docs: docs.subarray(0, kept), counts: counts.subarray(0, kept), names: names.subarray(0, kept) };
}

function joined(parts: readonly PackPostings[]): PackPostings {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const all = noPostings(parts.reduce((sum, { docs }) => sum + docs.length, 0));
  let at = 0;
  for (const { docs, counts, names } of parts) {
    all.docs.set(docs, at);
    all.counts.set(counts, at);
    all.names.set(names, at);
    at += docs.length;
  }
  // a document's terms may have been divided between two runs
  return withoutRepeats(all);
}

/** Places by ascending number, equal ones in their order: a radix sort, 8 bits a pass. */
function sortedOrder(numbers: Uint32Array): Uint32Array {
  let order = Uint32Array.from(numbers.keys());
  let other = new Uint32Array(numbers.length);
  const starts = new Uint32Array(257);
  for (let shift = 0; shift < 32; shift += 8) {
    starts.fill(0);
    for (const number of numbers) {
      const place = ((number >>> shift) & 255) + 1;
      starts[place] = (starts[place] as number) + 1;
    }
    for (let i = 1; i < 257; i++) starts[i] = (starts[i] as number) + (starts[i - 1] as number);
    for (const at of order) {
      const digit = ((numbers[at] as number) >>> shift) & 255;
      const place = starts[digit] as number;
      other[place] = at;
      starts[digit] = place + 1;
    }
    [order, other] = [other, order];
  }
  return order;
}

/** Of equal low halves by the high one; there are hardly any. */
function sortTies(order: Uint32Array, low: Uint32Array, high: Uint16Array): void {
  const at = (i: number) => order[i] as number;
  for (let from = 0, to = 0; from < order.length; from = to) {
    let mixed = false;
    for (to = from + 1; to < order.length && low[at(to)] === low[at(from)]; to++) mixed ||= high[at(to)] !== high[at(from)];
    if (!mixed) continue;
    const some = [...order.subarray(from, to)].sort((a, b) => (high[a] as number) - (high[b] as number) || a - b);
    order.set(some, from);
  }
}

const HEAD_BYTES = 14;

/** One run, a piece at a time. */
class RunReader {
  readonly #file: number;
  #piece: Uint8Array<ArrayBuffer> = new Uint8Array();
  /** Where the piece begins in the file. */
  #start = 0;

  constructor(private readonly run: { readonly path: string; readonly bytes: number }) {
    this.#file = openSync(run.path, "r");
  }

  close(): void {
    closeSync(this.#file);
  }

  *terms(): Generator<TermPostings> {
    for (let at = 0; at < this.run.bytes; ) {
      const head = this.#read(at, HEAD_BYTES);
      const view = new DataView(head.buffer, head.byteOffset, HEAD_BYTES);
      const [low, high] = [view.getUint32(0, true), view.getUint16(4, true)];
      const [count, bytes] = [view.getUint32(6, true), view.getUint32(10, true)];
      const encoded = this.#read(at + HEAD_BYTES, bytes);
      yield { low, high, postings: readPostings(new ByteCursor(encoded), count, 2 ** 32) };
      at += HEAD_BYTES + bytes;
    }
  }

  #read(at: number, length: number): Uint8Array {
    if (at < this.#start || at + length > this.#start + this.#piece.length) {
      const wanted = Math.min(Math.max(length, READ_BYTES), this.run.bytes - at);
      const piece = new Uint8Array(wanted);
      let filled = 0;
      while (filled < wanted) {
        const read = readSync(this.#file, piece, filled, wanted - filled, at + filled);
        if (read === 0) throw new Error(`"${this.run.path}" ends too early`);
        filled += read;
      }
      this.#piece = piece;
      this.#start = at;
    }
    return this.#piece.subarray(at - this.#start, at - this.#start + length);
  }
}
