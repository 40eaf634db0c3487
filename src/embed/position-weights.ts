/**
 * How much a piece counts by where it first stands. In a chunk: by its line and by whether it is in a comment line or
 * names what is called or defined (directly before `(`). In a query: by its place among the tokens.
 */
import { RepobaseError } from "../protocol/errors.ts";
import { isDigit, isLower, isUpper } from "./word-pieces.ts";

/** What `model.json` says. */
export interface StaticModelConfig {
  readonly vocab: number;
  readonly dim: number;
  readonly tf_power: number;
  readonly max_tokens_doc: number;
  readonly max_tokens_query: number;
  /** `"{line bucket 0-4}.{class 0-2}"` -> weight. */
  readonly doc_position_weight: Readonly<Record<string, number>>;
  /** One weight per query bucket. */
  readonly query_position_weight: readonly number[];
}

const PLAIN = 0;
const COMMENT = 1;
const CALLED = 2;
const CLASSES = 3;

const OPENING = 40;
const UNDERSCORE = 95;

/** Bucket of a line counted from 0: 0 | 1-2 | 3-7 | 8-15 | 16+. */
const lineBucket = (line: number) => (line <= 0 ? 0 : line <= 2 ? 1 : line <= 7 ? 2 : line <= 15 ? 3 : 4);
/** Bucket of a query token counted from 0: 0-1 | 2-4 | 5-9 | 10-19 | 20+. */
const tokenBucket = (token: number) => (token < 2 ? 0 : token < 5 ? 1 : token < 10 ? 2 : token < 20 ? 3 : 4);

/** Weights as the reference rounds them, to 32 bits. @throws RepobaseError `unsupported_format` */
export class PositionWeights {
  private readonly document: Float32Array;
  private readonly query: Float32Array;

  constructor(config: StaticModelConfig) {
    if (config.tf_power !== 0.5)
      throw new RepobaseError("unsupported_format", `the static model's tf_power is ${config.tf_power}, not 0.5`);
    this.document = new Float32Array(5 * CLASSES);
    for (let at = 0; at < this.document.length; at++) {
      const key = `${Math.floor(at / CLASSES)}.${at % CLASSES}`;
      this.document[at] = config.doc_position_weight[key] ?? Number.NaN;
    }
    this.query = Float32Array.from(config.query_position_weight);
    if (this.query.length !== 5 || this.document.some(Number.isNaN))
      throw new RepobaseError("unsupported_format", "the static model lacks position weights");
  }

  ofLine(line: number, kind: number): number {
    return this.document[lineBucket(line) * CLASSES + kind] ?? 0;
  }

  ofQueryToken(token: number): number {
    return this.query[tokenBucket(token)] ?? 0;
  }
}

/** Walks the lines of a chunk along with its words; `advance` must be called with growing offsets. */
export class LineCursor {
  line = 0;
  private at = 0;
  private comment: boolean;
  private next: number;

  constructor(private readonly text: string) {
    this.comment = startsComment(text, 0);
    this.next = text.indexOf("\n");
  }

  /** Class of the word `[start, end)`; afterwards `line` is its line, from 0. */
  advance(start: number): number {
    while (this.next >= 0 && this.next < start) {
      this.line++;
      this.at = this.next + 1;
      this.comment = startsComment(this.text, this.at);
      this.next = this.text.indexOf("\n", this.at);
    }
    return this.comment ? COMMENT : endsBeforeCall(this.text, start) ? CALLED : PLAIN;
  }
}

function startsComment(text: string, at: number): boolean {
  while (text[at] === " " || text[at] === "\t") at++;
  const first = text[at];
  const second = text[at + 1];
  if (first === "*") return true;
  if (second === undefined) return false;
  return (
    (first === "/" && (second === "/" || second === "*")) ||
    (first === "#" && (second === " " || second === "#")) ||
    (first === "-" && second === "-")
  );
}

/** Does the identifier that goes on from `at` end right before an opening parenthesis? */
function endsBeforeCall(text: string, at: number): boolean {
  let unit = text.charCodeAt(at);
  while (isUpper(unit) || isLower(unit) || isDigit(unit) || unit === UNDERSCORE) unit = text.charCodeAt(++at);
  return unit === OPENING;
}
