/**
 * What a rule about one kind of secret says. A rule is tried only where one of its keywords stands, and its expression is
 * bound to that place (sticky), so a file is read once however many rules there are. Quantifiers are bounded: no rule may
 * take more than a few hundred steps at one place.
 */
import { looksRandom } from "./randomness.ts";

export interface SecretRule {
  /** Stable name, kebab-case: users see it, and remember it in scripts. */
  readonly id: string;
  /** For people: "GitHub personal access token". */
  readonly what: string;
  /** Lower case ASCII, at least three characters. Case does not count when they are looked for. */
  readonly keywords: readonly string[];
  /** Sticky (`y`); begins where the keyword begins, looks back where the secret does. Its groups are the secret; without groups all of it is. */
  readonly pattern: RegExp;
  /** Is what was found a secret? Absent: `looksRandom`. */
  readonly accepts?: (found: Found) => boolean;
  /** Which parts of what was found are covered; absent: all of it but its line ends. */
  readonly covers?: (secret: string) => string;
}

export interface Found {
  /** What the groups hold, from the first to the last. */
  readonly secret: string;
  readonly match: RegExpExecArray;
  /** Path of the file, lower case. */
  readonly path: string;
}

/** Letters, digits and underscore end a token on its left; a hyphen before it may belong to a longer word, too. */
const LEFT = "(?<![A-Za-z0-9_])";
const RIGHT = "(?![A-Za-z0-9_])";

/**
 * A token that begins with the keyword, which only this kind has.
 * @param body after the keyword, as an expression; its alphabet says which characters end it
 */
export function token(id: string, what: string, prefix: string, body: string, flags = ""): SecretRule {
  const dashed = /\[[^\]]*-\]/.test(body) || body.includes("\\-") || body.includes("[\\w-]");
  return {
    id,
    what,
    keywords: [prefix.toLowerCase()],
    pattern: new RegExp(`${LEFT}${escape(prefix)}${body}${dashed ? "(?![A-Za-z0-9_-])" : RIGHT}`, `y${flags}`),
  };
}

/** Words in the name of something that holds a credential. */
const CREDENTIAL = "key|tok|sec|pass|pwd|auth|cred|client|api|access|pat|sign|webhook|id";
/** Between a name and its value: a closing quote or bracket, a type, `=`, `:`, `=>`, `:=`, a comma, a closing tag's `>`. */
export const ASSIGN =
  "[\"'`\\]]{0,2}[ \\t]{0,4}(?::[ \\t]?[A-Za-z]{1,12}[ \\t]{1,2})?(?:=>|:=|\\|\\|=|\\?\\?=|=|:|,|>)[ \\t]{0,4}";

/** A value whose shape many things have, assigned to a name that holds the service's name and a word for a credential. */
export function near(id: string, what: string, names: string, value: string): SecretRule {
  const keywords = names.split(" ");
  const name = keywords.map(escape).join("|");
  const tail = "[\\w.\\- \\t]{0,30}";
  return {
    id,
    what,
    keywords,
    pattern: new RegExp(
      `(?:${name})(?:(?=${tail}(?:${CREDENTIAL}))|(?<=(?:key|token|secret)[\\w.-]{0,24}))${tail}${ASSIGN}["'\`]?(${value})(?![A-Za-z0-9_+/=-])`,
      "iy",
    ),
    accepts: ({ secret }) => looksRandom(secret) && isMixed(secret),
  };
}

const isMixed = (text: string): boolean => /\d/.test(text) && /[a-z]/i.test(text);
const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
