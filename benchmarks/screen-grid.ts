/**
 * What a terminal shows, of the bytes a full-screen program writes: cells of text. Only as much of a terminal as such programs need:
 * the cursor is placed, text is written from there, the screen or a line is cleared; looks and modes are passed over.
 */
const SEQUENCE =
  // oxlint-disable-next-line no-control-regex -- this is what control sequences are
  /\u001b(?:\[([?>=<]?)([\d;:]*)[ !"$']?([@-~])|[\]P_X^][^\u0007\u001b]*(?:\u0007|\u001b\\)|[()].|[=>78cM])/y;
const PRINTABLE = " ";

export class ScreenGrid {
  readonly #rows: string[][];
  #row = 0;
  #column = 0;
  /** The beginning of a sequence whose end has not come yet. */
  #rest = "";
  readonly #decoder = new TextDecoder();

  constructor(
    readonly columns: number,
    rows: number,
  ) {
    this.#rows = Array.from({ length: rows }, () => this.#empty());
  }

  get lines(): readonly string[] {
    return this.#rows.map((cells) => cells.join(""));
  }

  write(bytes: Uint8Array): void {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    let at = 0;
    while (at < text.length) {
      if (text[at] !== "\u001b") {
        const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
        this.#put(character);
        at += character.length;
        continue;
      }
      SEQUENCE.lastIndex = at;
      const found = SEQUENCE.exec(text);
      if (!found) break; // the rest of it is to come
      if (found[1] === "") this.#control(found[3] ?? "", (found[2] ?? "").split(";").map(Number));
      at += found[0].length;
    }
    this.#rest = text.slice(at);
  }

  #put(character: string): void {
    if (character === "\r") this.#column = 0;
    else if (character === "\n") this.#row++;
    else if (character >= PRINTABLE) {
      const cells = this.#rows[this.#row];
      if (cells && this.#column < this.columns) cells[this.#column] = character;
      this.#column += Bun.stringWidth(character);
    }
  }

  #control(letter: string, [first = 0, second = 0]: readonly number[]): void {
    if (letter === "H" || letter === "f") [this.#row, this.#column] = [(first || 1) - 1, (second || 1) - 1];
    else if (letter === "G") this.#column = (first || 1) - 1;
    else if (letter === "C") this.#column += first || 1;
    else if (letter === "J") for (const cells of this.#rows) cells.splice(0, cells.length, ...this.#empty());
    else if (letter === "K") this.#rows[this.#row]?.fill(" ", this.#column);
  }

  #empty(): string[] {
    return Array.from({ length: this.columns }, () => " ");
  }
}
