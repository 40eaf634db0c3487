/** How each look is shown: a colour of the terminal's own palette, so that it fits whatever theme it has, and a weight. */
import type { Look } from "./pieces.ts";

export type Weight = "bold" | "dim" | "underline" | "inverse";

export interface LookStyle {
  /** Of the terminal's palette; absent: its foreground. */
  readonly colour?: number;
  readonly weights?: readonly Weight[];
}

export const CYAN = 6;
const [RED, GREEN, YELLOW, BLUE, MAGENTA] = [1, 2, 3, 4, 5];

const COLOURED: Readonly<Record<Look, LookStyle>> = {
  plain: {},
  dim: { weights: ["dim"] },
  strong: { weights: ["bold"] },
  accent: { colour: CYAN },
  match: { colour: YELLOW, weights: ["bold"] },
  good: { colour: GREEN },
  warn: { colour: YELLOW },
  bad: { colour: RED },
  selected: { weights: ["inverse"] },
  keyword: { colour: MAGENTA },
  string: { colour: GREEN },
  number: { colour: CYAN },
  comment: { weights: ["dim"] },
  name: { colour: BLUE },
};

/** Without colours: what must stand out does so by weight. */
const MONOCHROME: Partial<Record<Look, readonly Weight[]>> = {
  accent: ["bold"],
  match: ["bold", "underline"],
  bad: ["bold"],
  warn: ["bold"],
};

export function shownAs(look: Look, colour: boolean): LookStyle {
  const { weights = [], ...coloured } = COLOURED[look];
  return colour ? { ...coloured, weights } : { weights: MONOCHROME[look] ?? weights };
}
