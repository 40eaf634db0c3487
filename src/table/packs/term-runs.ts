/**
 * The postings of a pack while it is made: gathered up to a bound of memory, sorted by term, and written to a scratch file as a run;
 * at the end the runs are read side by side, so that memory stays the same however many rows there are.
 */
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { ByteCursor } from "../../pack/byte-cursor.ts";
import { ByteOutput } from "../../pack/byte-output.ts";
import { noPostings, type PackPostings, putPostings, readPostingsInto } from "../../pack/postings.ts";
import { compareHashes, type TermHash } from "../../pack/term-hash.ts";

/** PackPostings held in memory: 17 bytes each, and as much again while they are sorted. */
const HELD_POSTINGS = 1 << 20;
/** Of a run, read at once. */
const READ_BYTES = 1 << 18;

/** A term's postings are `postings[from, to)`; valid until the next term is asked for. */
export interface TermPostings extends TermHash {
  readonly postings: PackPostings;
  readonly from: number;
  readonly to: number;
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
  // oxlint-disable-next-line max-params -- called some ten million times
  add(doc: number, low: number, high: number, count: number, name: number): void {
    if (this.#used === this.held) this.#spill();
    const at = this.#used++;
    this.#low[at] = low;
    this.#high[at] = high;
    this.#docs[at] = doc;
    this.#counts[at] = count;
    this.#names[at] = name;
  }

  /** All terms by ascending hash, each with all its postings. Once. */
  *sorted(): Generator<TermPostings> {
    const readers = this.#runs.map((run) => new RunReader(run));
    if (readers.length === 0) return yield* this.#terms();
    const sources: Iterator<TermPostings, undefined>[] = [...readers.map((reader) => reader.terms()), this.#terms()];
    const joined = new JoinedPostings();
    try {
      const heads = sources.map((source) => source.next().value);
      for (;;) {
        let least: TermPostings | undefined;
        for (const head of heads)
          if (head !== undefined && (least === undefined || compareHashes(head, least) < 0)) least = head;
        if (least === undefined) return;
        const { low, high } = least;
        joined.clear();
        heads.forEach((head, i) => {
          if (head === undefined || head.low !== low || head.high !== high) return;
          joined.add(head);
          heads[i] = (sources[i] as Iterator<TermPostings, undefined>).next().value;
        });
        yield { low, high, postings: joined.postings, from: 0, to: joined.count };
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
      for (const { low, high, postings, from, to } of this.#terms()) {
        encoded.clear();
        putPostings(encoded, postings, { from, to, after: 0 });
        out.u32(low);
        out.u16(high);
        out.u32(to - from);
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
  *#terms(): Generator<TermPostings, undefined> {
    const order = sortedOrder(this.#low.subarray(0, this.#used));
    sortTies(order, this.#low, this.#high);
    const postings = noPostings(order.length);
    for (let i = 0; i < order.length; i++) {
      const at = order[i] as number;
      postings.docs[i] = this.#docs[at] as number;
      postings.counts[i] = this.#counts[at] as number;
      postings.names[i] = this.#names[at] as number;
    }
    for (let from = 0, to = 0; from < order.length; from = to) {
      const first = order[from] as number;
      const low = this.#low[first] as number;
      const high = this.#high[first] as number;
      for (to = from + 1; to < order.length; to++) {
        const next = order[to] as number;
        if (this.#low[next] !== low || this.#high[next] !== high) break;
      }
      yield { low, high, postings, from, to };
    }
    return undefined;
  }
}

/** The postings of one term from several runs, one after the other, in arrays that are kept. */
class JoinedPostings {
  postings = noPostings(1024);
  count = 0;

  clear(): void {
    this.count = 0;
  }

  add({ postings, from, to }: TermPostings): void {
    if (this.count + to - from > this.postings.docs.length) this.#grow(2 * (this.count + to - from));
    const { docs, counts, names } = this.postings;
    for (let i = from; i < to; i++) {
      docs[this.count] = postings.docs[i] as number;
      counts[this.count] = postings.counts[i] as number;
      names[this.count++] = postings.names[i] as number;
    }
  }

  #grow(room: number): void {
    const grown = noPostings(room);
    grown.docs.set(this.postings.docs);
    grown.counts.set(this.postings.counts);
    grown.names.set(this.postings.names);
    this.postings = grown;
  }
}

/** Places by ascending number, equal ones in their order: a radix sort, 8 bits a pass. */
function sortedOrder(numbers: Uint32Array): Uint32Array {
  let order = new Uint32Array(numbers.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  let other = new Uint32Array(numbers.length);
  const starts = new Uint32Array(257);
  for (let shift = 0; shift < 32; shift += 8) {
    starts.fill(0);
    for (let i = 0; i < numbers.length; i++) {
      const place = (((numbers[i] as number) >>> shift) & 255) + 1;
      starts[place] = (starts[place] as number) + 1;
    }
    for (let i = 1; i < 257; i++) starts[i] = (starts[i] as number) + (starts[i - 1] as number);
    for (let i = 0; i < order.length; i++) {
      const at = order[i] as number;
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
    for (to = from + 1; to < order.length && low[at(to)] === low[at(from)]; to++)
      mixed ||= high[at(to)] !== high[at(from)];
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

  *terms(): Generator<TermPostings, undefined> {
    let postings = noPostings(1024);
    for (let at = 0; at < this.run.bytes;) {
      const head = this.#read(at, HEAD_BYTES);
      const view = new DataView(head.buffer, head.byteOffset, HEAD_BYTES);
      const [low, high] = [view.getUint32(0, true), view.getUint16(4, true)];
      const [count, bytes] = [view.getUint32(6, true), view.getUint32(10, true)];
      const encoded = this.#read(at + HEAD_BYTES, bytes);
      if (count > postings.docs.length) postings = noPostings(2 * count);
      readPostingsInto(new ByteCursor(encoded), postings, count);
      yield { low, high, postings, from: 0, to: count };
      at += HEAD_BYTES + bytes;
    }
    return undefined;
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
