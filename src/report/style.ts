/** Colour and links for terminals that have them; plain text elsewhere. */
import { makeNameVisible, makeVisible } from "../text/visible.ts";

export interface Style {
  /** A name that others gave (a symbol, a branch): on a terminal it stays on one line. */
  name(text: string): string;
  bold(text: string): string;
  dim(text: string): string;
  /** A matching term. */
  match(text: string): string;
  path(text: string): string;
  link(text: string, url: string): string;
}

const identity = (text: string): string => text;
/** For pipes and files: exact. */
export const plainStyle: Style = {
  name: identity,
  bold: identity,
  dim: identity,
  match: identity,
  path: identity,
  link: identity,
};

/**
 * The styles of one terminal. Their escape sequences carry a random mark until `Terminal.show` writes the text, so that
 * it can tell them from sequences that came with somebody's file name.
 */
export class Terminal {
  readonly style: Style;
  readonly #mark = `\u001b{${crypto.randomUUID()}}`;

  /** @param colour false: no sequences at all, but names still stay on one line */
  constructor(colour: boolean) {
    const wrap = (on: string, off: string) => (text: string) =>
      colour ? `${this.#mark}${on}\u0007${text}${this.#mark}${off}\u0007` : text;
    const sgr = (on: string, off: string) => wrap(`[${on}m`, `[${off}m`);
    const cyan = sgr("36", "39");
    this.style = {
      name: makeNameVisible,
      bold: sgr("1", "22"),
      dim: sgr("2", "22"),
      match: sgr("1;33", "22;39"),
      path: (text) => cyan(makeNameVisible(text)),
      // OSC 8; terminals without it show the text alone
      link: (text, url) => (colour ? wrap(`]8;;${makeNameVisible(url)}\u001b\\`, "]8;;\u001b\\")(text) : text),
    };
  }

  /** The text as it goes to the terminal: our own sequences work, everybody else's are shown. */
  show(text: string): string {
    const [first = "", ...marked] = text.split(this.#mark);
    const rest = marked.map((part) => {
      const end = part.indexOf("\u0007");
      return `\u001b${part.slice(0, end)}${makeVisible(part.slice(end + 1))}`;
    });
    return makeVisible(first) + rest.join("");
  }
}
