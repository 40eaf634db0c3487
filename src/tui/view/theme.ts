/** Looks as OpenTUI draws them. */
import { RGBA, StyledText, TextAttributes, type TextChunk } from "@opentui/core";
import { CYAN, shownAs, type Weight } from "./looks.ts";
import type { Line, Look } from "./pieces.ts";

const ATTRIBUTES: Readonly<Record<Weight, number>> = {
  bold: TextAttributes.BOLD,
  dim: TextAttributes.DIM,
  underline: TextAttributes.UNDERLINE,
  inverse: TextAttributes.INVERSE,
};

export class Theme {
  readonly foreground: RGBA;
  readonly background: RGBA;
  readonly accent: RGBA;
  readonly border: RGBA;

  constructor(readonly colour: boolean) {
    this.foreground = RGBA.defaultForeground();
    this.background = RGBA.defaultBackground();
    this.accent = colour ? RGBA.fromIndex(CYAN) : this.foreground;
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
    const { colour, weights = [] } = shownAs(look, this.colour);
    const fg = colour === undefined ? this.foreground : RGBA.fromIndex(colour);
    return { __isChunk: true, text, fg, attributes: weights.reduce((all, weight) => all | ATTRIBUTES[weight], 0) };
  }
}
