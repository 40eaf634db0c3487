/** Covers what was found with marks, one for each UTF-16 unit, so that every line and offset stays what it was. */
import type { SecretHit } from "../source-tree.ts";
import { findSecrets, type SecretSpan } from "./find-secrets.ts";

export const MARK = "*";

export interface Redacted {
  /** As long as the text it was made from. */
  readonly text: string;
  readonly hits: readonly SecretHit[];
  /** Of the characters that are no white space, how many are covered: 0 to 1. */
  readonly share: number;
}

/** null: there is nothing to cover. */
export function redactSecrets(file: { readonly path: string; readonly text: string }): Redacted | null {
  const spans = findSecrets(file);
  if (spans.length === 0) return null;
  const { text } = file;
  let redacted = "";
  let done = 0;
  let covered = 0;
  const hits: SecretHit[] = [];
  const lines = lineCounter(text);
  for (const span of spans) {
    const secret = text.slice(span.start, span.end);
    redacted += text.slice(done, span.start) + cover(secret, span);
    done = span.end;
    covered += secret.replace(/\s+/g, "").length;
    hits.push({ rule: span.rule.id, line: lines(span.start) });
  }
  redacted += text.slice(done);
  return { text: redacted, hits, share: covered / text.replace(/\s+/g, "").length };
}

const cover = (secret: string, { rule }: SecretSpan): string =>
  rule.covers ? rule.covers(secret) : secret.replace(/[^\r\n]/g, MARK);

/** The line of an offset, for offsets that grow. */
function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let at = 0;
  return (offset) => {
    for (let next = text.indexOf("\n", at); next >= 0 && next < offset; next = text.indexOf("\n", at)) {
      line++;
      at = next + 1;
    }
    return line;
  };
}
