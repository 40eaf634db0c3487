/** Lines of a text, as people and editors count them: from 1, a line keeps its end, a final end makes no empty line. */

/** Each line with its `\n`, so that joined they are the text. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Lines `from` to `to`, both included; what lies outside the text is left out. */
export function selectLines(text: string, { from, to }: { from: number; to: number }): string {
  return splitLines(text)
    .slice(Math.max(0, from - 1), Math.max(0, to))
    .join("");
}
