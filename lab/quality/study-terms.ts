/** Terms with the choices of a study open: stems or not, stop words or not. Follows src/search/terms.ts otherwise. */
import { identifierParts } from "../../src/search/identifier.ts";
import { isStopTerm } from "../../src/search/stop-words.ts";
import { stemWord } from "../../src/search/stem.ts";
import { forEachWord } from "../../src/search/words.ts";

export interface TermChoices {
  readonly stem: boolean;
  /** Stop words are dropped from queries. */
  readonly stop: boolean;
}

const MAX_IDENTIFIER = 128;

export class StudyTerms {
  private readonly known = new Map<string, readonly string[]>();

  constructor(private readonly choices: TermChoices) {}

  row(text: string): string[] {
    const terms: string[] = [];
    forEachWord(text, (start, end) => {
      if (end - start > MAX_IDENTIFIER) return;
      const word = text.slice(start, end);
      let ofWord = this.known.get(word);
      if (ofWord === undefined) this.known.set(word, (ofWord = this.split(word)));
      for (const term of ofWord) terms.push(term);
    });
    return terms;
  }

  query(text: string): string[] {
    const terms = [...new Set(this.row(text))];
    const telling = this.choices.stop ? terms.filter((term) => !isStopTerm(term)) : terms;
    return telling.length > 0 ? telling : terms;
  }

  private split(word: string): string[] {
    const bounds = identifierParts(word);
    if (bounds.length === 0) return [];
    const form = (text: string) => (this.choices.stem ? stemWord(text.toLowerCase()) : text.toLowerCase());
    const simple = bounds.length === 2 && bounds[1] === word.length && bounds[0] === 0;
    const whole = simple ? form(word) : word.toLowerCase();
    const terms = [whole];
    if (bounds.length > 24 || /^\d/.test(word)) return terms;
    for (let i = 0; i < bounds.length; i += 2) {
      const part = form(word.slice(bounds[i], bounds[i + 1]));
      if (part !== whole && part.length > 1) terms.push(part);
    }
    return terms;
  }
}
