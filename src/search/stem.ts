/**
 * Light English stemming: plural, `-ed`, `-ing` and a last `e`, so that `parses`, `parsed` and `parsing` are one term. Heavier
 * rules (`serializer` = `serialization`) were measured and lost: in programs such endings tell things apart.
 */

const SHORTEST = 4;
const PLAIN = /^[a-z]+$/;
const VOWEL = /[aeiouy]/;
const DOUBLED = /([bdfgmnprt])\1$/;

/** @param word in lower case; anything but plain ASCII letters comes back as it is */
export function stemWord(word: string): string {
  if (word.length < SHORTEST || !PLAIN.test(word)) return word;
  const stem = withoutInflection(singular(word));
  return stem.length > SHORTEST && stem.endsWith("e") ? stem.slice(0, -1) : stem;
}

function singular(word: string): string {
  if (!word.endsWith("s") || /(ss|us|is)$/.test(word)) return word;
  if (word.endsWith("ies") && word.length > 4) return `${word.slice(0, -3)}y`;
  return word.slice(0, /(ss|x|z|ch|sh)es$/.test(word) ? -2 : -1);
}

function withoutInflection(word: string): string {
  for (const ending of ["ing", "ed"]) {
    const stem = word.slice(0, -ending.length);
    // `string` and `red` have no word left
    if (word.endsWith(ending) && stem.length >= 3 && VOWEL.test(stem))
      return DOUBLED.test(stem) ? stem.slice(0, -1) : stem;
  }
  return word;
}
