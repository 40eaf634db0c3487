/** Looks as OpenTUI draws them. Colours are those of the terminal's own palette, so that they fit whatever theme it has. */
import { RGBA, StyledText, TextAttributes, type TextChunk } from "@opentui/core";
import type { Line, Look } from "./pieces.ts";

interface Style {
  /** Of the terminal's palette; absent: its foreground. */
  readonly colour?: number;
  readonly attributes?: number;
}

const { BOLD, DIM, INVERSE, UNDERLINE } = TextAttributes;
const [RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN] = [1, 2, 3, 4, 5, 6];

const STYLES: Readonly<Record<Look, Style>> = {
  plain: {},
  dim: { attributes: DIM },
  strong: { attributes: BOLD },
  accent: { colour: CYAN },
  match: { colour: YELLOW, attributes: BOLD },
  good: { colour: GREEN },
  warn: { colour: YELLOW },
  bad: { colour: RED },
  selected: { attributes: INVERSE },
  keyword: { colour: MAGENTA },
  string: { colour: GREEN },
  number: { colour: CYAN },
  comment: { attributes: DIM },
  name: { colour: BLUE },
};

/** Without colours: what must stand out does so by weight. */
const MONOCHROME: Partial<Record<Look, number>> = {
  accent: BOLD,
  match: BOLD | UNDERLINE,
  bad: BOLD,
  warn: BOLD,
};

export class Theme {
  readonly foreground: RGBA;
  readonly background: RGBA;
  readonly accent: RGBA;
  readonly border: RGBA;

  constructor(readonly colour: boolean) {
    this.foreground = RGBA.defaultForeground();
    this.background = RGBA.defaultBackground();
    this.accent = colour ? RGBA.fromIndex(CYAN ?? 6) : this.foreground;
    this.border = colour ? RGBA.fromIndex(8) : this.foreground;
  }

  styled(lines: readonly Line[]): StyledText {
    const chunks: TextChunk[] = [];
    lines.forEach((line, i) => {
      if (i > 0) chunks.push(this.#chunk("\n", "plain"));
      for (const { text, look } of line) if (text !== "") chunks.push(this.#chunk(text, look));
    });
    return new StyledText(chunks);
  }

  #chunk(text: string, look: Look): TextChunk {
    const { colour, attributes = 0 } = STYLES[look];
    const fg = this.colour && colour !== undefined ? RGBA.fromIndex(colour) : this.foreground;
    return { __isChunk: true, text, fg, attributes: this.colour ? attributes : (MONOCHROME[look] ?? attributes) };
  }
}
