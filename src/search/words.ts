/**
 * Where words are in a text. A word is an identifier as programs write them: a run of letters, digits and `_`; a run of
 * Han, Kana or Hangul is a word of its own kind, because its words are not set apart. Everything else separates.
 * The tables are written out instead of asking `\p{L}`, so that Bun and workerd agree whatever their Unicode version.
 */

export const enum CharClass {
  other = 0,
  lower = 1,
  upper = 2,
  digit = 3,
  underscore = 4,
  ideograph = 5,
}

const ASCII = new Uint8Array(128);
ASCII.fill(CharClass.digit, 0x30, 0x3a);
ASCII.fill(CharClass.upper, 0x41, 0x5b);
ASCII.fill(CharClass.lower, 0x61, 0x7b);
ASCII[0x5f] = CharClass.underscore;

/** Blocks of the basic plane that hold no letters (first, last): Latin-1 signs, spaces, punctuation, arrows, boxes, private use. */
const NOT_LETTERS = [
  [0x80, 0xa9], [0xab, 0xb4], [0xb6, 0xb9], [0xbb, 0xbf], [0xd7, 0xd7], [0xf7, 0xf7], [0x2b0, 0x2b8], [0x1680, 0x1680],
  [0x2000, 0x2bff], [0x2e00, 0x2e7f], [0x3000, 0x3004], [0x3006, 0x303f], [0x30fb, 0x30fb],
  [0xd800, 0xf8ff], [0xfe00, 0xfe1f], [0xfe30, 0xfe6f], [0xfeff, 0xff0f], [0xff1a, 0xff20], [0xff3b, 0xff40], [0xff5b, 0xff65],
  [0xffe0, 0xffff],
] as const; // prettier-ignore
/**
 * Han, Kana and Hangul. Hangul has spaces, but between words with their particles: what is looked for stands inside.
 */
const IDEOGRAPHS = [[0x1100, 0x11ff], [0x3131, 0x318e], [0xa960, 0xa97c], [0xac00, 0xd7a3], [0xd7b0, 0xd7fb], [0x3005, 0x3005], [0x3041, 0x30fa], [0x30fc, 0x30ff], [0x3400, 0x4dbf], [0x4e00, 0x9fff], [0xf900, 0xfaff]] as const; // prettier-ignore

let basicPlane: Uint8Array | undefined;
/** Built at the first character outside ASCII: most sources have none. */
function makeBasicPlane(): Uint8Array {
  const classes = new Uint8Array(65536).fill(CharClass.lower);
  classes.set(ASCII);
  for (const [first, last] of NOT_LETTERS) classes.fill(CharClass.other, first, last + 1);
  for (const [first, last] of IDEOGRAPHS) classes.fill(CharClass.ideograph, first, last + 1);
  return classes;
}

/** Class of one UTF-16 unit. Letters outside ASCII count as lower; characters beyond the basic plane separate. */
export function charClass(unit: number): CharClass {
  if (unit < 128) return ASCII[unit] as CharClass;
  return (basicPlane ??= makeBasicPlane())[unit] as CharClass;
}

/** Calls `visit(start, end, ideographs)` for each word of `text`, in order; offsets are UTF-16 units. */
export function forEachWord(text: string, visit: (start: number, end: number, ideographs: boolean) => void): void {
  const length = text.length;
  let at = 0;
  while (at < length) {
    const first = charClass(text.charCodeAt(at));
    if (first === CharClass.other) {
      at++;
      continue;
    }
    const start = at++;
    const ideographs = first === CharClass.ideograph;
    for (; at < length; at++) {
      const next = charClass(text.charCodeAt(at));
      if (next === CharClass.other || (next === CharClass.ideograph) !== ideographs) break;
    }
    visit(start, at, ideographs);
  }
}
