/** The text of an answer as it grows, within its budget of tokens. What was cut must be said, so room for the last words is kept. */
import { makeNameVisible, makeVisible } from "../text/visible.ts";
import { estimateTokens } from "./tokens.ts";

/** Tokens of an answer, unless the caller says another number. */
export const DEFAULT_BUDGET = 2000;
export const MIN_BUDGET = 200;
/** Clients refuse answers of 25,000. */
export const MAX_BUDGET = 20_000;

/** What a line costs; its line feed too. */
const costOf = (line: string): number => estimateTokens(line) + 1;

export class AnswerText {
  readonly #lines: string[] = [];
  #used = 0;

  constructor(readonly budget: number) {}

  /** @param lines of code or words: control characters are shown as codes; @param last what would be said if these were the last */
  tryAdd(lines: string, last = ""): boolean {
    const shown = makeVisible(lines);
    const cost = costOf(shown);
    if (this.#used + cost + costOf(last) > this.budget) return false;
    this.#lines.push(shown);
    this.#used += cost;
    return true;
  }

  /** Adds as much of it as there is room for. */
  addCut(line: string): void {
    let shown = makeVisible(line);
    while (shown !== "" && this.#used + costOf(shown) > this.budget)
      shown = `${shown.slice(0, shown.length * 0.8 - 2)}…`;
    this.#lines.push(shown);
    this.#used += costOf(shown);
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  toString(): string {
    return this.#lines.join("\n");
  }
}

/** A name, path or symbol of a repository, on one line and of a length that leaves room for others. */
export const shownName = (name: string): string => {
  const visible = makeNameVisible(name);
  return visible.length <= MAX_NAME ? visible : `${visible.slice(0, MAX_NAME)}…`;
};

const MAX_NAME = 300;
