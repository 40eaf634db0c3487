/** Names as code writes them. Pure. */

const NAME_CHARACTER = /[\p{L}\p{N}_$]/u;

/** The name that stands at an offset of a line. @returns undefined: none does */
export function nameAt(text: string, offset: number): string | undefined {
  let [from, to] = [offset, offset];
  while (from > 0 && NAME_CHARACTER.test(text[from - 1] ?? "")) from--;
  while (to < text.length && NAME_CHARACTER.test(text[to] ?? "")) to++;
  const name = text.slice(from, to);
  return /^[\p{L}_$]/u.test(name) ? name : undefined;
}
