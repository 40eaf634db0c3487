/** How much of a source a model reads: whole lines, within a number of tokens. */
import { estimateTokens } from "../lookup/tokens.ts";
import { splitLines } from "../text/lines.ts";

export interface TextPart {
  readonly text: string;
  readonly lines: number;
  readonly tokens: number;
}

/** The first lines of `text` that fit; none: not even one fits. */
export function firstLines(text: string, maxTokens: number): TextPart {
  const whole = estimateTokens(text);
  const lines = splitLines(text);
  if (whole <= maxTokens) return { text: withoutEnd(text), lines: lines.length, tokens: whole };
  let tokens = 0;
  let shown = 0;
  for (const line of lines) {
    const more = estimateTokens(line);
    if (tokens + more > maxTokens) break;
    tokens += more;
    shown++;
  }
  return { text: withoutEnd(lines.slice(0, shown).join("")), lines: shown, tokens };
}

const withoutEnd = (text: string): string => text.replace(/\r?\n$/, "");
