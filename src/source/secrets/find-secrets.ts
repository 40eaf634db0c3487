/**
 * Finds credentials in a file's text: one pass for the keywords of all rules, then each rule only where its keyword stands.
 * Nothing here keeps or returns a value: what is found is a place and the rule's name.
 */
import { type KeywordScan, makeKeywordScan } from "./keyword-scan.ts";
import { looksRandom } from "./randomness.ts";
import { SECRET_RULES } from "./rules/index.ts";
import type { SecretRule } from "./secret-rule.ts";

/** Half-open, in UTF-16 units of the text. */
export interface SecretSpan {
  readonly start: number;
  readonly end: number;
  readonly rule: SecretRule;
}

interface Matcher {
  readonly scan: KeywordScan;
  /** Rules by number of keyword. */
  readonly rules: readonly (readonly number[])[];
  readonly patterns: readonly RegExp[];
}

let matcher: Matcher | undefined;

/** Made at the first use: whoever only reads an index needs none of it. */
function theMatcher(): Matcher {
  if (matcher) return matcher;
  const byKeyword = new Map<string, number[]>();
  SECRET_RULES.forEach(({ keywords }, rule) => {
    for (const keyword of keywords) byKeyword.set(keyword, [...(byKeyword.get(keyword) ?? []), rule]);
  });
  matcher = {
    scan: makeKeywordScan([...byKeyword.keys()]),
    rules: [...byKeyword.values()],
    patterns: SECRET_RULES.map(({ pattern }) => new RegExp(pattern.source, `${pattern.flags}d`)),
  };
  return matcher;
}

/** @returns places without overlap, in the order of the text */
export function findSecrets(file: { readonly path: string; readonly text: string }): SecretSpan[] {
  const { text } = file;
  const path = file.path.toLowerCase();
  const { scan, rules, patterns } = theMatcher();
  const found: { start: number; end: number; number: number }[] = [];
  /** Up to where a rule has read: what it has read once is not read from its middle again. */
  const readTo = new Map<number, number>();
  const places = scan.scan(text);
  for (let at = 0; at < places.length; at += 2) {
    const start = places[at + 1] as number;
    for (const number of rules[places[at] as number] as readonly number[]) {
      if (start < (readTo.get(number) ?? 0)) continue;
      const pattern = patterns[number] as RegExp;
      pattern.lastIndex = start;
      const match = pattern.exec(text);
      if (match === null) continue;
      readTo.set(number, match.index + match[0].length);
      const span = spanOf(match);
      const rule = SECRET_RULES[number] as SecretRule;
      const secret = text.slice(span.start, span.end);
      if (rule.accepts ? rule.accepts({ secret, match, path }) : looksRandom(secret)) found.push({ ...span, number });
    }
  }
  return merge(found);
}

/** From the first group to the last; all of the match where there are none. */
function spanOf(match: RegExpExecArray): { start: number; end: number } {
  const [whole = [0, 0], ...groups] = match.indices ?? [];
  const taken = groups.filter((group) => group !== undefined);
  if (taken.length === 0) return { start: whole[0], end: whole[1] };
  return { start: Math.min(...taken.map(([start]) => start)), end: Math.max(...taken.map(([, end]) => end)) };
}

function merge(found: { start: number; end: number; number: number }[]): SecretSpan[] {
  const sorted = found.sort((a, b) => a.start - b.start || a.number - b.number);
  const merged: { start: number; end: number; number: number }[] = [];
  for (const span of sorted) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) merged.push({ ...span });
    else {
      last.end = Math.max(last.end, span.end);
      last.number = Math.min(last.number, span.number);
    }
  }
  return merged.map(({ start, end, number }) => ({ start, end, rule: SECRET_RULES[number] as SecretRule }));
}
