/**
 * git's patterns (`*`, `?`, `[...]`, `**`) on bytes, one latin1 character each, as git compares bytes: `?` takes a byte, so it
 * takes no `é`. Whatever the pattern, a match takes at most pattern x name steps, as patterns come from strangers.
 */

/** A text of bytes: every character is below U+0100. */
export type ByteText = string;

type Step =
  | { readonly kind: "byte"; readonly byte: number }
  /** One byte, never a slash. */
  | { readonly kind: "set"; readonly holds: (byte: number) => boolean }
  /** `*`: bytes but slashes. */
  | { readonly kind: "star" }
  /** `**` beside slashes or ends: any bytes. */
  | { readonly kind: "any" }
  /** `**` and a slash: nothing, or any folders. */
  | { readonly kind: "folders" };

const SLASH = 0x2f;
const never = (): boolean => false;

/** @param ignoreCase of ASCII letters. @returns does this name match as a whole? */
export function compileWildmatch(pattern: ByteText, ignoreCase: boolean): (name: ByteText) => boolean {
  const steps = parseSteps(pattern, ignoreCase);
  return steps === undefined ? never : (name) => run(steps, ignoreCase ? lowerAscii(name) : name);
}

export const lowerAscii = (text: ByteText): ByteText => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** Keeps the set of places in the name that the steps so far can lead to. */
function run(steps: readonly Step[], name: ByteText): boolean {
  const { length } = name;
  let here = new Uint8Array(length + 1);
  here[0] = 1;
  for (const step of steps) {
    const next = new Uint8Array(length + 1);
    let open = false;
    for (let at = 0; at <= length; at++) {
      const byte = at < length ? name.charCodeAt(at) : -1;
      const reached = here[at] === 1;
      if (step.kind === "byte") {
        if (reached && byte === step.byte) next[at + 1] = 1;
      } else if (step.kind === "set") {
        if (reached && byte >= 0 && byte !== SLASH && step.holds(byte)) next[at + 1] = 1;
      } else {
        open ||= reached;
        if (step.kind === "folders" ? reached : open) next[at] = 1;
        if (step.kind === "folders" && open && byte === SLASH) next[at + 1] = 1;
        if (step.kind === "star" && byte === SLASH) open = false;
      }
    }
    here = next;
  }
  return here[length] === 1;
}

/** undefined: the pattern is broken and matches nothing. */
function parseSteps(pattern: ByteText, ignoreCase: boolean): Step[] | undefined {
  const steps: Step[] = [];
  for (let at = 0; at < pattern.length;) {
    const char = pattern.charAt(at);
    if (char === "*") {
      const stars = parseStars(pattern, at);
      steps.push({ kind: stars.kind });
      at = stars.end;
    } else if (char === "[") {
      const set = parseSet(pattern, at, ignoreCase);
      if (set === undefined) return undefined;
      steps.push({ kind: "set", holds: set.holds });
      at = set.end;
    } else if (char === "?") {
      steps.push({ kind: "set", holds: () => true });
      at++;
    } else {
      const escaped = char === "\\";
      if (escaped && ++at === pattern.length) return undefined;
      const written = pattern.charAt(at++);
      // git folds no letter behind a backslash
      steps.push({ kind: "byte", byte: (ignoreCase && !escaped ? lowerAscii(written) : written).charCodeAt(0) });
    }
  }
  return steps;
}

function parseStars(pattern: ByteText, start: number): { kind: "star" | "any" | "folders"; end: number } {
  let end = start;
  while (pattern.charAt(end) === "*") end++;
  const opens = start === 0 || pattern.charAt(start - 1) === "/";
  const closes = end === pattern.length || pattern.charAt(end) === "/" || pattern.startsWith("\\/", end);
  if (end - start < 2 || !opens || !closes) return { kind: "star", end };
  return pattern.charAt(end) === "/" ? { kind: "folders", end: end + 1 } : { kind: "any", end };
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[^ -~\x80-\xff]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[\t-\r ]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

/** `[...]` from its bracket on; undefined: it does not end, or names a class that is none. */
function parseSet(
  pattern: ByteText,
  start: number,
  ignoreCase: boolean,
): { holds: (byte: number) => boolean; end: number } | undefined {
  const members: ((byte: number) => boolean)[] = [];
  let at = start + 1;
  const negated = pattern.charAt(at) === "!" || pattern.charAt(at) === "^";
  if (negated) at++;
  let previous = -1;
  for (let first = true; first || pattern.charAt(at) !== "]"; first = false) {
    if (at >= pattern.length) return undefined;
    const char = pattern.charAt(at);
    if (char === "[" && pattern.charAt(at + 1) === ":") {
      const end = pattern.indexOf("]", at + 2);
      if (end < 0) return undefined;
      if (pattern.charAt(end - 1) === ":" && end - 1 > at + 1) {
        const name = pattern.slice(at + 2, end - 1);
        const known = CLASSES[ignoreCase && name === "upper" ? "alpha" : name];
        if (known === undefined) return undefined;
        members.push((byte) => known.test(String.fromCharCode(byte)));
        previous = -1;
        at = end + 1;
        continue;
      }
    }
    const isRange = char === "-" && previous >= 0 && at + 1 < pattern.length && pattern.charAt(at + 1) !== "]";
    if (isRange) at++;
    if (pattern.charAt(at) === "\\" && ++at >= pattern.length) return undefined;
    const last = pattern.charCodeAt(at++);
    const from = isRange ? previous : last;
    members.push((byte) => (from <= byte && byte <= last) || (ignoreCase && between(upper(byte), from, last)));
    previous = isRange ? -1 : last;
  }
  return { holds: (byte) => members.some((holds) => holds(byte)) !== negated, end: at + 1 };
}

const between = (byte: number, first: number, last: number): boolean => first <= byte && byte <= last;
const upper = (byte: number): number => (byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte);
