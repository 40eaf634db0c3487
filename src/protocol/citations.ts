/**
 * Where an answer cites its sources: `[3]`, `[1, 4]`. Not in code, where brackets mean other things: between backticks, and in fenced
 * blocks. Takes text in pieces, as it streams: a citation or a run of backticks that is cut between two pieces is held back until the
 * next one.
 */

export type AnswerPart =
  | { readonly kind: "text"; readonly text: string }
  /** `text` as the answer writes it, brackets included. */
  | { readonly kind: "citation"; readonly text: string; readonly numbers: readonly number[] };

/** Longest text that is held back as a citation that may go on. */
const MAX_CITATION = 40;
const NUMBERS = /^\[\s*([1-9]\d{0,3}(?:\s*[,;]\s*[1-9]\d{0,3})*)\s*\]/;
const BEGUN = /^\[[\s\d,;]*$/;

export class CitationReader {
  #held = "";
  /** The run of backticks that the code we are in began with; 0: not in code. */
  #code = 0;
  #fenced = false;
  /** At the beginning of a line, but for spaces. */
  #atStart = true;

  push(text: string): AnswerPart[] {
    return this.#read(this.#held + text, false);
  }

  end(): AnswerPart[] {
    return this.#read(this.#held, true);
  }

  #read(text: string, isLast: boolean): AnswerPart[] {
    const parts: AnswerPart[] = [];
    let plain = "";
    let at = 0;
    const flush = () => {
      if (plain !== "") parts.push({ kind: "text", text: plain });
      plain = "";
    };
    while (at < text.length) {
      const char = text[at] as string;
      if (char === "`") {
        let end = at;
        while (text[end] === "`") end++;
        if (end === text.length && !isLast) break;
        this.#ticks(end - at);
        plain += text.slice(at, end);
        at = end;
        continue;
      }
      if (char === "[" && this.#code === 0) {
        const rest = text.slice(at, at + MAX_CITATION);
        const found = NUMBERS.exec(rest);
        if (found) {
          flush();
          parts.push({ kind: "citation", text: found[0], numbers: (found[1] ?? "").split(/[,;]/).map(Number) });
          at += found[0].length;
          this.#atStart = false;
          continue;
        }
        if (!isLast && rest.length < MAX_CITATION && BEGUN.test(rest)) break;
      }
      this.#moved(char);
      plain += char;
      at++;
    }
    flush();
    this.#held = text.slice(at);
    return parts;
  }

  #ticks(run: number): void {
    if (this.#code === 0) {
      this.#code = run;
      this.#fenced = run >= 3 && this.#atStart;
    } else if (this.#fenced ? run >= this.#code && this.#atStart : run === this.#code) {
      this.#code = 0;
      this.#fenced = false;
    }
    this.#atStart = false;
  }

  #moved(char: string): void {
    if (char === "\n") {
      this.#atStart = true;
      // backticks that are not closed in their line were no code
      if (!this.#fenced) this.#code = 0;
    } else if (char !== " " && char !== "\t") this.#atStart = false;
  }
}

/** The whole of an answer. */
export function splitCitations(text: string): AnswerPart[] {
  const reader = new CitationReader();
  return [...reader.push(text), ...reader.end()];
}

/** The numbers that an answer cites, in the order of its text, each once. */
export const citedNumbers = (text: string): number[] => [
  ...new Set(splitCitations(text).flatMap((part) => (part.kind === "citation" ? part.numbers : []))),
];
