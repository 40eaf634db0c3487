/** Words of identifiers and of sentences, and whether a text is English prose at all. */

const PARTS = /[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+/g;

/** `readHTTPHeader_2` -> `read http header 2` */
export const spokenName = (name: string): string => (name.match(PARTS) ?? []).join(" ").toLowerCase();

export const countWords = (text: string): number => text.match(/[A-Za-z]{2,}/g)?.length ?? 0;

/** Share of characters within ASCII. */
export function asciiShare(text: string): number {
  if (text === "") return 0;
  let ascii = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) < 128) ascii++;
  return ascii / text.length;
}

/** Letters and spaces, not operators: a cheap test that a comment is a phrase and not code that was commented out. */
export function readsAsPhrase(text: string): boolean {
  const letters = text.match(/[\p{L} ]/gu)?.length ?? 0;
  return text !== "" && letters / text.length > 0.72;
}

const ABBREVIATION = /(?:e\.g|i\.e|etc|vs|cf|Mr|Dr|approx|incl|resp)\.$/;

export function firstSentence(text: string): string {
  const paragraph = (text.trim().split(/\n\s*\n/, 1)[0] ?? "").replace(/\s+/g, " ").trim();
  for (const { index } of paragraph.matchAll(/[.!?](?=\s+[A-Z`"'([@]|\s*$)/g)) {
    const sentence = paragraph.slice(0, index + 1);
    if (!ABBREVIATION.test(sentence)) return sentence;
  }
  return paragraph;
}
