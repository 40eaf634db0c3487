/**
 * A `tokenizer.json` of BERT style, made runnable: added tokens first, then BertNormalizer, BertPreTokenizer and
 * WordPiece on the text between them, the template of special tokens around, truncation.
 */
import { type TokenizerParts, readTokenizerJson } from "./tokenizer-json.ts";
import { cutWord, normalizeText, splitWords } from "./word-piece.ts";

export interface TokenEncoding {
  readonly ids: readonly number[];
  /** Segment of each id; the template says which. */
  readonly typeIds: readonly number[];
}

/** Distinct words whose pieces are kept. */
const CACHE_WORDS = 65536;

export class Tokenizer {
  private readonly parts: TokenizerParts;
  private readonly addedPattern: RegExp | undefined;
  private readonly words = new Map<string, readonly number[]>();

  /** @param json the parsed file. @throws RepobaseError `unsupported_format` naming what is not supported */
  constructor(json: unknown) {
    this.parts = readTokenizerJson(json);
    // Longest first makes the alternation leftmost-longest.
    const contents = [...this.parts.added.keys()]
      .sort((a, b) => b.length - a.length)
      .map((token) => RegExp.escape(token));
    this.addedPattern = contents.length === 0 ? undefined : new RegExp(contents.join("|"), "gu");
  }

  /** Tokens the file truncates to, special ones included; undefined: it does not. */
  get maxLength(): number | undefined {
    return this.parts.maxLength;
  }

  /** Fills short rows of a batch; the attention mask hides it. */
  get padId(): number {
    return this.parts.padId;
  }

  /** Tokens the template adds around a text. */
  get specialTokens(): number {
    return this.parts.template.reduce((sum, each) => sum + (each.ids?.length ?? 0), 0);
  }

  /** A text between its special tokens, `maxLength` ids at most: the text's first ones are kept (or last, if so set). */
  encode(input: string, maxLength = this.parts.maxLength ?? Number.POSITIVE_INFINITY): TokenEncoding {
    const room = Math.max(0, maxLength - this.specialTokens);
    const all = this.pieces(input, this.parts.truncateLeft ? Number.POSITIVE_INFINITY : room);
    const kept = this.parts.truncateLeft ? all.slice(Math.max(0, all.length - room)) : all.slice(0, room);
    const ids: number[] = [];
    const typeIds: number[] = [];
    for (const each of this.parts.template) {
      for (const id of each.ids ?? kept) {
        ids.push(id);
        typeIds.push(each.typeId);
      }
    }
    return { ids, typeIds };
  }

  /** Pieces of a text, special tokens only where it spells them out. Stops once it has `enough`. */
  private pieces(input: string, enough: number): number[] {
    const out: number[] = [];
    let from = 0;
    for (const match of this.addedPattern === undefined ? [] : input.matchAll(this.addedPattern)) {
      if (out.length >= enough) return out;
      const token = this.parts.added.get(match[0]);
      const end = match.index + match[0].length;
      if (token === undefined || (token.singleWord && !standsAlone(input, match.index, end))) continue;
      this.plainPieces(input.slice(from, match.index), enough, out);
      out.push(token.id);
      from = end;
    }
    this.plainPieces(input.slice(from), enough, out);
    return out;
  }

  private plainPieces(input: string, enough: number, out: number[]): void {
    for (const word of splitWords(normalizeText(input, this.parts.normalizer))) {
      if (out.length >= enough) return;
      let pieces = this.words.get(word);
      if (pieces === undefined) {
        pieces = cutWord(word, this.parts.model);
        if (this.words.size >= CACHE_WORDS) this.words.clear();
        this.words.set(word, pieces);
      }
      for (const id of pieces) out.push(id);
    }
  }
}

const WORD_BEFORE = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;
const WORD_AFTER = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

const standsAlone = (input: string, start: number, end: number) =>
  !WORD_BEFORE.test(input.slice(0, start)) && !WORD_AFTER.test(input.slice(end));
