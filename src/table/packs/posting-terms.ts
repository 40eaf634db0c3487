/** The terms of one row as postings: from the `terms` column's text and the name of the row's definition. */
import { hashRange, hashTerm } from "../../pack/term-hash.ts";
import { nameByte } from "../../pack/postings.ts";

const SPACE = 32;
const MAX_COUNT = 65_535;
/** More than any chunk has at first; it grows where one has more. */
const FIRST_PLACES = 4096;

/** The terms of one row after the other: an open table of numbers, which is emptied and not made anew. */
export class PostingTerms {
  #places = FIRST_PLACES;
  #low = new Uint32Array(FIRST_PLACES);
  #high = new Uint16Array(FIRST_PLACES);
  #counts = new Uint16Array(FIRST_PLACES);
  #names = new Uint8Array(FIRST_PLACES);
  /** Places that are taken, in order of first appearance. */
  #taken = new Uint32Array(FIRST_PLACES / 2);
  #used = 0;
  readonly #hash = { low: 0, high: 0 };

  constructor(private readonly seed: number) {}

  /**
   * Empties the table and reads a row.
   * @param of.terms UTF-8, terms joined by single spaces
   * @param of.name words of the definition's own name, as terms, repeats kept; none: the row is in no definition
   * @returns how many terms there are, with repeats
   */
  read({ terms, name }: { terms: Uint8Array; name: readonly Uint8Array[] }): number {
    this.#clear();
    let length = 0;
    for (let from = 0; from < terms.length;) {
      let to = from;
      while (to < terms.length && terms[to] !== SPACE) to++;
      if (to > from) {
        length++;
        hashRange(terms, { from, to, seed: this.seed }, this.#hash);
        const place = this.#placeOf(this.#hash.low, this.#hash.high);
        const count = this.#counts[place] as number;
        if (count === 0) this.#take(place);
        else if (count < MAX_COUNT) this.#counts[place] = count + 1;
      }
      from = to + 1;
    }
    for (const word of name) {
      const { low, high } = hashTerm(word, this.seed);
      const place = this.#placeOf(low, high);
      // a word that the row's terms lack, of a name cut off, says nothing
      if ((this.#counts[place] as number) > 0)
        this.#names[place] = nameByte(name.length, ((this.#names[place] as number) & 7) + 1);
    }
    return length;
  }

  /** Each term once. */
  forEach(visit: (low: number, high: number, count: number, name: number) => void): void {
    for (let i = 0; i < this.#used; i++) {
      const place = this.#taken[i] as number;
      visit(
        this.#low[place] as number,
        this.#high[place] as number,
        this.#counts[place] as number,
        this.#names[place] as number,
      );
    }
  }

  #clear(): void {
    for (let i = 0; i < this.#used; i++) {
      const place = this.#taken[i] as number;
      this.#counts[place] = 0;
      this.#names[place] = 0;
    }
    this.#used = 0;
  }

  /** Where the term is, or may be put. */
  #placeOf(low: number, high: number): number {
    const mask = this.#places - 1;
    for (let place = low & mask; ; place = (place + 1) & mask)
      if (this.#counts[place] === 0 || (this.#low[place] === low && this.#high[place] === high)) return place;
  }

  #take(place: number): void {
    this.#low[place] = this.#hash.low;
    this.#high[place] = this.#hash.high;
    this.#counts[place] = 1;
    this.#taken[this.#used++] = place;
    if (2 * this.#used >= this.#places) this.#grow();
  }

  #grow(): void {
    const [low, high, counts, taken] = [this.#low, this.#high, this.#counts, this.#taken];
    this.#places *= 4;
    this.#low = new Uint32Array(this.#places);
    this.#high = new Uint16Array(this.#places);
    this.#counts = new Uint16Array(this.#places);
    this.#names = new Uint8Array(this.#places);
    this.#taken = new Uint32Array(this.#places / 2);
    for (let i = 0; i < this.#used; i++) {
      const old = taken[i] as number;
      const place = this.#placeOf(low[old] as number, high[old] as number);
      this.#low[place] = low[old] as number;
      this.#high[place] = high[old] as number;
      this.#counts[place] = counts[old] as number;
      this.#taken[i] = place;
    }
  }
}
