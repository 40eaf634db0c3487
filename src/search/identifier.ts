/**
 * Splits one identifier into the words it is made of: `parseHTTPHeader_v2` -> parse, HTTP, Header, v, 2.
 * Boundaries: `_`, letter <-> digit, lower -> upper, and before the last capital of a run that goes on in lower case
 * (but `URLs` is one word).
 */
import { charClass, CharClass } from "./words.ts";

/** Offsets of the parts of `word`: start0, end0, start1, end1, ... in UTF-16 units. */
export function identifierParts(word: string): number[] {
  const parts: number[] = [];
  const length = word.length;
  let at = 0;
  while (at < length) {
    const kind = charClass(word.charCodeAt(at));
    if (kind === CharClass.underscore) {
      at++;
      continue;
    }
    const start = at;
    at = endOfRun(word, at, kind);
    if (kind === CharClass.upper) {
      const next = at < length ? charClass(word.charCodeAt(at)) : CharClass.other;
      if (next === CharClass.lower) {
        const end = endOfRun(word, at, CharClass.lower);
        const oneCapital = at - start === 1;
        const plural = end - at === 1 && word.charCodeAt(at) === 0x73; /* s */
        at = oneCapital || plural ? end : at - 1;
      }
    }
    parts.push(start, at);
  }
  return parts;
}

function endOfRun(word: string, at: number, kind: CharClass): number {
  do at++;
  while (at < word.length && charClass(word.charCodeAt(at)) === kind);
  return at;
}
