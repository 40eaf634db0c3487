/**
 * Chunks by lines: for languages without a grammar, for files that do not parse, and for what a syntax tree cannot
 * divide (a long string, a table of numbers). Cuts fall after blank lines and before lines that stand further left,
 * where there are any near the even division.
 */
import type { Lines, Span } from "./chunk.ts";

/** Lines [start, end) in pieces of nearly equal size that fit; a line too long to fit stands alone. */
export function cutLines(span: Span, lines: Lines): Span[] {
  const pieces: Span[] = [];
  let start = span.start;
  while (start < span.end) {
    const cut = lines.fits(start, span.end) ? span.end : nextCut(start, span.end, lines);
    pieces.push({ start, end: cut, scope: span.scope });
    start = cut;
  }
  return pieces;
}

/** The best line to end a piece before: at least half the even size, at most what fits. */
function nextCut(start: number, end: number, lines: Lines): number {
  const chars = lines.chars(start, end);
  const count = end - start;
  const parts = Math.max(Math.ceil(chars / lines.sizes.chars), Math.ceil(count / lines.sizes.lines));
  // how much of an even piece lies before `line`, by whichever of the two measures is tighter
  const filled = (line: number) =>
    Math.max((lines.chars(start, line) * parts) / chars, ((line - start) * parts) / count);
  let best = start + 1;
  let bestScore = -Infinity;
  for (let cut = start + 1; cut < end && lines.fits(start, cut); cut++) {
    const fill = filled(cut);
    const score = quality(cut, lines) - Math.abs(1 - fill) - (fill < 0.5 ? 2 : 0);
    if (score > bestScore) {
      bestScore = score;
      best = cut;
    }
  }
  return best;
}

/** How good a place the start of `line` is to cut, 0 to 1.2. */
function quality(line: number, lines: Lines): number {
  if (lines.isBlank(line)) return 0;
  const indent = lines.indent(line) - lines.offset(line);
  const afterBlank = lines.isBlank(line - 1) ? 0.6 : 0;
  return afterBlank + 0.6 / (1 + indent);
}
