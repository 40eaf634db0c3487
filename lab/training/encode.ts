/**
 * The encode stage: texts to piece numbers, once, with the product's own word pieces and line classes. A piece of a text is one
 * 32-bit number, `bucket << 24 | count << 16 | id`: where it first stands, how often it occurs, and which it is.
 */
import { join } from "node:path";
import { passageText } from "../../src/embed/passage.ts";
import { LineCursor, PositionWeights } from "../../src/embed/position-weights.ts";
import { wordEnd, WordPieces } from "../../src/embed/word-pieces.ts";
import { RepobaseError } from "../../src/protocol/errors.ts";
import { pairFile } from "./extract/extract.ts";
import type { Pair } from "./extract/pair.ts";
import { firstSentence } from "./extract/words.ts";
import { ENCODE, KINDS } from "./settings.ts";
import { writeWhole } from "./stage.ts";

export const LINE_BUCKETS = 5;
export const CLASSES = 3;
export const DOCUMENT_BUCKETS = LINE_BUCKETS * CLASSES;
export const QUERY_BUCKETS = 5;

/** What the product reads of a text at most; goes into `model.json`. */
export const ENCODED_LIMITS = { max_tokens_doc: 420, max_tokens_query: ENCODE.longQuery };
const MAX_COUNT = 255;

export const pieceId = (packed: number): number => packed & 0xffff;
export const pieceCount = (packed: number): number => (packed >>> 16) & 0xff;
export const pieceBucket = (packed: number): number => packed >>> 24;

/** The product's own bucket rules: a "weight" that is the bucket's number tells which bucket it is. */
const BUCKETS = new PositionWeights({
  vocab: 0,
  dim: 0,
  tf_power: 0.5,
  ...ENCODED_LIMITS,
  doc_position_weight: Object.fromEntries(
    Array.from({ length: DOCUMENT_BUCKETS }, (_, at) => [`${Math.floor(at / CLASSES)}.${at % CLASSES}`, at]),
  ),
  query_position_weight: Array.from({ length: QUERY_BUCKETS }, (_, at) => at),
});

export class PairEncoder {
  private readonly pieces: WordPieces;
  /** By id, the piece's place in the text at hand, from 1; 0: not there. */
  private readonly places: Uint16Array;

  constructor(vocabulary: string) {
    this.pieces = new WordPieces(vocabulary);
    if (this.pieces.size > 0xffff) throw new RepobaseError("usage", "a vocabulary has at most 65,535 pieces");
    this.places = new Uint16Array(this.pieces.size);
  }

  query(text: string, tokens: number): number[] {
    return this.pack(text, tokens, tokens, () => (token) => BUCKETS.ofQueryToken(token));
  }

  document(text: string): number[] {
    const lines = new LineCursor(text);
    return this.pack(text, ENCODED_LIMITS.max_tokens_doc, ENCODE.document, (start) => {
      const kind = lines.advance(start);
      return () => BUCKETS.ofLine(lines.line, kind);
    });
  }

  private pack(
    text: string,
    tokens: number,
    distinct: number,
    bucketsAt: (start: number) => (token: number) => number,
  ): number[] {
    const { places } = this;
    const packed: number[] = [];
    let token = 0;
    for (let start = 0; start < text.length && token < tokens;) {
      const end = wordEnd(text, start);
      if (end === start) {
        start++;
        continue;
      }
      const bucket = bucketsAt(start);
      for (const id of this.pieces.ofWord(text, start, end)) {
        const place = places[id] as number;
        if (place > 0) {
          if (pieceCount(packed[place - 1] as number) < MAX_COUNT)
            packed[place - 1] = (packed[place - 1] as number) + 0x10000;
        } else if (packed.length < distinct) {
          places[id] = packed.push(bucket(token) * 0x1000000 + 0x10000 + id);
        }
        token++;
      }
      start = end;
    }
    for (const each of packed) places[pieceId(each)] = 0;
    return packed;
  }
}

/** Columns of one pair: offsets into the pieces (end exclusive), whom and what it is of, and hashes to tell twins. */
export const COLUMNS = [
  "repository",
  "kind",
  "short",
  "shortEnd",
  "long",
  "longEnd",
  "document",
  "documentEnd",
  "queryHash",
  "documentHash",
] as const;

export interface EncodedPairs {
  readonly pieces: Uint32Array;
  /** `COLUMNS.length` numbers a pair. */
  readonly pairs: Uint32Array;
}

const PIECES_FILE = "pieces.u32";
const PAIRS_FILE = "pairs.u32";
/** A pair with less says nothing. */
const MIN_QUERY = 1;
const MIN_DOCUMENT = 5;

/** @returns how many pairs */
export async function encode(of: {
  repos: readonly string[];
  from: string;
  to: string;
  vocabulary: string;
}): Promise<number> {
  const encoder = new PairEncoder(of.vocabulary);
  const pieces = new GrowingArray();
  const pairs = new GrowingArray();
  for (const [repository, repo] of of.repos.entries()) {
    for (const line of (await Bun.file(pairFile(of.from, repo)).text()).split("\n")) {
      if (line === "") continue;
      const pair = JSON.parse(line) as Pair;
      const short = encoder.query(firstSentence(pair.query).slice(0, 300), ENCODE.shortQuery);
      const document = encoder.document(textOf(pair));
      if (short.length < MIN_QUERY || document.length < MIN_DOCUMENT) continue;
      const bounds = [short, encoder.query(pair.query, ENCODE.longQuery), document].flatMap((each) => [
        pieces.length,
        pieces.append(each),
      ]);
      pairs.append([repository, KINDS.indexOf(pair.kind), ...bounds, hashPieces(short), hashPieces(document)]);
    }
  }
  await writeWhole(join(of.to, PIECES_FILE), asBytes(pieces.whole()));
  await writeWhole(join(of.to, PAIRS_FILE), asBytes(pairs.whole()));
  return pairs.length / COLUMNS.length;
}

/** Both arrays in shared memory, for all threads. */
export async function readEncoded(folder: string): Promise<EncodedPairs> {
  const read = async (name: string) => {
    const bytes = await Bun.file(join(folder, name)).bytes();
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    return new Uint32Array(shared.buffer);
  };
  return { pieces: await read(PIECES_FILE), pairs: await read(PAIRS_FILE) };
}

const textOf = ({ path, symbol, contents }: Pair): string =>
  path === "" ? contents : passageText({ path, symbol, contents });

function hashPieces(packed: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const each of packed) hash = Math.imul(hash ^ each, 0x01000193);
  return hash >>> 0;
}

const asBytes = (array: Uint32Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Hundreds of millions of pieces: an array of numbers would take eight bytes each and copy itself. */
class GrowingArray {
  length = 0;
  private array = new Uint32Array(1 << 20);

  /** @returns the new length */
  append(values: readonly number[]): number {
    if (this.length + values.length > this.array.length) {
      const larger = new Uint32Array(this.array.length * 2);
      larger.set(this.array);
      this.array = larger;
    }
    this.array.set(values, this.length);
    this.length += values.length;
    return this.length;
  }

  whole(): Uint32Array {
    return this.array.subarray(0, this.length);
  }
}
