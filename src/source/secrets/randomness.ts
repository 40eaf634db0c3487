/** Tells what was drawn at random from what a person wrote: made-up keys in tests and documents must not count as secrets. */

const PLACEHOLDER =
  /example|placeholder|change.?me|replace|insert|your|dummy|fake|redacted|sample|todo|(.)\1{4}|(?:\*|\.){3}|<|>|01234|12345|23456|34567|45678|56789|98765|abcde|bcdef|cdefg|qwert|asdfg/i;

/** No placeholder word, no run of one character, no counting up, and as many different characters as chance gives. */
export function looksRandom(text: string): boolean {
  if (PLACEHOLDER.test(text)) return false;
  const most = /^\d*$/.test(text) ? 5 : 10;
  return new Set(text).size >= Math.min(most, text.length / 2);
}

/** Shannon's, in bits a character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let sum = 0;
  for (const count of counts.values()) sum -= count * Math.log2(count / text.length);
  return sum / text.length;
}

/** The hundred commonest pairs of letters in English words and identifiers. Two thirds of a text's pairs are of these, of chance a sixth. */
const PAIRS = new Set(
  (
    "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce li ch ll be ma si om ur " +
    "ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh " +
    "ir su id os iv ia am fi ci vi pl ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke ui ag ap ck do bo ba bu ef up rd ub lu da te ss ey"
  ).split(" "),
);

/** Is it made of words? Few letters say nothing; hex digits do not make words. @param most share of pairs that chance may give */
export function isWordy(text: string, most = 0.5): boolean {
  if (/^[0-9a-f]*$/i.test(text)) return false;
  let pairs = 0;
  let known = 0;
  for (const run of text.toLowerCase().match(/[a-z]{2,}/g) ?? [])
    for (let at = 0; at + 1 < run.length; at++) {
      pairs++;
      if (PAIRS.has(run.slice(at, at + 2))) known++;
    }
  return pairs >= 4 && known / pairs > most;
}

/** Words of passwords that stand in tests and documents, with the usual digits for letters. */
const WEAK =
  /pass|p[a4@][s$5]{2}|secret|s3cr|token|test|hunter|letmein|admin|root|guest|hello|world|foo|bar|baz|qux|mock|demo|user|login|value|string|null|none|undefined|true|false|config|default|invalid|wrong|valid|random|private|public|credential|abc|123|key/i;

/**
 * Is a value assigned to a name like `password` a real one? Only for values that any text could be: tokens of a known shape
 * need `looksRandom` alone.
 */
export function looksLikePassword(value: string, shortest: number): boolean {
  if (value.length < shortest || value.length > 512 || !looksRandom(value)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/].filter((kind) => kind.test(value)).length;
  const isDigitless = !/\d/.test(value);
  if (kinds < (isDigitless ? 3 : 2) || !/[a-z]/i.test(value)) return false;
  // variables, templates, calls, addresses, paths
  if (/[$#%]\{|\{\{|\$\(|%\(|%[sdv]|^[$%@&]\w|\(\)|:\/\/|^\.{0,2}\/|\\[uxwds]|[aA]-[zZ]|0-9|^\w+[[(]/.test(value))
    return false;
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value)) return false; // ids of rows, not of doors
  if (WEAK.test(value) || isWordy(value, isDigitless ? 0.3 : 0.5)) return false;
  return entropy(value) >= (value.length < 16 ? 2.75 : 3.2);
}
