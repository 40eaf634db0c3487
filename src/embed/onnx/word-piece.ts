/**
 * The published BERT text pipeline as pure functions: clean and fold the text, split it into words, cut words into
 * pieces. Behaves like the `tokenizers` library on each character; only the Unicode tables are the engine's, so
 * characters assigned after 2016 may be classed better here than there.
 */

export interface BertNormalizer {
  /** Drop control characters, make every white space a blank. */
  readonly cleanText: boolean;
  /** Set CJK ideographs apart, as words of their own. */
  readonly chineseChars: boolean;
  /** Decompose and drop non-spacing marks. */
  readonly stripAccents: boolean;
  readonly lowercase: boolean;
}

export interface WordPieceModel {
  readonly vocabulary: ReadonlyMap<string, number>;
  /** Id of a word that cannot be cut. */
  readonly unknown: number;
  /** Prefix of pieces that continue a word, `##`. */
  readonly continuation: string;
  /** Words with more code points are unknown as a whole. */
  readonly maxWordChars: number;
}

// Unassigned code points (Cn) stay; tab, line feed and carriage return are white space, not control.
const DROPPED = /[\0\uFFFD]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;
const WHITE_SPACE = /\p{White_Space}/gu;
const MARKS = /\p{Mn}/gu;
const ASCII = /^[\0-\x7f]*$/;
/** The blocks BERT calls Chinese: no kana, no hangul. */
const CJK =
  /[\u4E00-\u9FFF\u3400-\u4DBF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/gu;
/** One punctuation character, or a run of neither punctuation nor white space. All ASCII symbols are punctuation. */
const WORDS =
  /[\p{P}\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]|[^\p{White_Space}\p{P}\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]+/gu;

export function normalizeText(text: string, rules: BertNormalizer): string {
  let out = text;
  if (rules.cleanText) out = out.replace(DROPPED, "").replace(WHITE_SPACE, " ");
  if (ASCII.test(out)) return rules.lowercase ? out.toLowerCase() : out;
  if (rules.chineseChars) out = out.replace(CJK, " $& ");
  if (rules.stripAccents) out = out.normalize("NFD").replace(MARKS, "");
  // By code point: JavaScript's lower case of a final sigma depends on its neighbours, the published one does not.
  if (rules.lowercase) out = Array.from(out, (char) => char.toLowerCase()).join("");
  return out;
}

export function splitWords(text: string): string[] {
  return text.match(WORDS) ?? [];
}

/** Greedy longest match from the left; one unknown for the whole word when a rest matches nothing. */
export function cutWord(word: string, model: WordPieceModel): number[] {
  if (word.length > model.maxWordChars && Array.from(word).length > model.maxWordChars) return [model.unknown];
  const pieces: number[] = [];
  for (let start = 0; start < word.length;) {
    let end = word.length;
    let id: number | undefined;
    for (; end > start; end--) {
      const piece = word.slice(start, end);
      id = model.vocabulary.get(start === 0 ? piece : model.continuation + piece);
      if (id !== undefined) break;
    }
    if (id === undefined) return [model.unknown];
    pieces.push(id);
    start = end;
  }
  return pieces;
}
