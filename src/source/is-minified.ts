/**
 * Was a script or a style sheet squeezed by a tool? Most of its code stands in very long lines. Long lines alone say nothing:
 * notebooks, queries and templates have them, and a hand-written file may hold an image, a path of an icon or a table of numbers.
 */

/** What tools squeeze. */
const SQUEEZED = /\.(?:js|mjs|cjs|css)$/;

/** No person writes most of a program in lines this long. */
const LONG_LINE = 1000;

/** Shorter files are not worth a doubt. */
const MINIFIED_FROM = 2048;

/** Code has at least this many signs among its characters; lists of words and numbers have fewer. */
const MIN_SIGNS = 1 / 30;

/** Long strings, embedded images, digits: data, by hand or not. */
const DATA = /(["'`])(?:[^"'`\\\n]|\\.){200,}\1|url\(\s*data:[^)\n]*\)|[A-Za-z0-9+/=_-]{200,}|[-+\d.,\s[\]xeE]{200,}/g;

/** @param name in lower case */
export function isMinified(name: string, text: string): boolean {
  if (text.length < MINIFIED_FROM || !SQUEEZED.test(name)) return false;
  const lines = text.split("\n");
  if (!lines.some((line) => line.length > LONG_LINE)) return false;
  let [long, all, signs] = [0, 0, 0];
  for (const line of lines) {
    const code = line.length > LONG_LINE ? line.replace(DATA, "") : line;
    all += code.length;
    if (code.length <= LONG_LINE) continue;
    long += code.length;
    signs += code.replace(/[^;{}()]+/g, "").length;
  }
  return long > all / 2 && signs > long * MIN_SIGNS;
}
