/**
 * The path filter of a search. Globs as in shells: `*` and `?` within a segment, `**` for any segments, `[a-z]`, `[!a]`,
 * `{a,b}`, `\` before a character that means itself. A pattern without a slash is matched against the file name; a plain
 * path means itself or, as a folder, everything below it.
 * Our own matcher, because globs made into regular expressions can backtrack without end, and these come from strangers:
 * this one takes at most pattern x path steps.
 */
import { RepobaseError } from "../protocol/errors.ts";
import { foldEscapes } from "../text/path-bytes.ts";

const MAX_GLOB = 512;
/** Patterns that braces may multiply into. */
const MAX_ALTERNATIVES = 64;

/** Matches one character of a segment. `*` stands for itself in the list. */
type Element = "*" | ((character: string) => boolean);

/** @returns does this path match? @throws RepobaseError `usage` when the pattern cannot be read */
export function compilePathGlob(glob: string): (path: string) => boolean {
  if (glob.length > MAX_GLOB)
    throw new RepobaseError("usage", `the path pattern is longer than ${MAX_GLOB} characters`);
  const pattern = foldEscapes(glob.replace(/^\.?\//, "").replace(/\/+$/, "/**"));
  const alternatives = expandBraces(pattern).map((alternative) => alternative.split("/").map(parseSegment));
  const inFolder = `${pattern}/`;
  return (written) => {
    const path = foldEscapes(written);
    if (path === pattern || path.startsWith(inFolder)) return true;
    const segments = path.split("/");
    return alternatives.some((wanted) =>
      wanted.length === 1 && wanted[0] !== "**"
        ? matchesSegments(wanted, segments.slice(-1))
        : matchesSegments(wanted, segments),
    );
  };
}

/** Does a path match one of them? */
export function compilePathGlobs(globs: readonly string[]): (path: string) => boolean {
  const matchers = globs.map(compilePathGlob);
  return (path) => matchers.some((matches) => matches(path));
}

type Segment = "**" | readonly Element[];

function matchesSegments(pattern: readonly Segment[], segments: readonly string[]): boolean {
  return matchSequence(pattern, segments, {
    isStar: (segment) => segment === "**",
    matches: (segment, text) => segment !== "**" && matchesSegment(segment, text),
  });
}

function matchesSegment(elements: readonly Element[], text: string): boolean {
  return matchSequence(elements, Array.from(text), {
    isStar: (element) => element === "*",
    matches: (element, character) => element !== "*" && element(character),
  });
}

/** Greedy matching that goes back to the last star only, which is enough: an earlier star could take no more than it. */
function matchSequence<P, T>(
  pattern: readonly P[],
  items: readonly T[],
  { isStar, matches }: { isStar: (part: P) => boolean; matches: (part: P, item: T) => boolean },
): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let item = 0; item < items.length;) {
    const part = pattern[at];
    if (part !== undefined && isStar(part)) {
      star = at++;
      resume = item;
    } else if (part !== undefined && matches(part, items[item] as T)) {
      at++;
      item++;
    } else if (star >= 0) {
      at = star + 1;
      item = ++resume;
    } else return false;
  }
  return pattern.slice(at).every(isStar);
}

function parseSegment(segment: string): Segment {
  if (segment === "**") return "**";
  const elements: Element[] = [];
  const characters = Array.from(segment);
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] as string;
    if (character === "*") {
      if (elements.at(-1) !== "*") elements.push("*");
    } else if (character === "?") elements.push(() => true);
    else if (character === "[") {
      const end = characters.indexOf("]", at + 2);
      if (end < 0) throw new RepobaseError("usage", `"[" without "]" in the path pattern ${JSON.stringify(segment)}`);
      elements.push(parseSet(characters.slice(at + 1, end)));
      at = end;
    } else {
      const literal = character === "\\" ? (characters[++at] ?? "\\") : character;
      elements.push((given) => given === literal);
    }
  }
  return elements;
}

function parseSet(characters: readonly string[]): (character: string) => boolean {
  const negated = characters[0] === "!" || characters[0] === "^";
  const members = negated ? characters.slice(1) : characters;
  const ranges: [string, string][] = [];
  for (let at = 0; at < members.length; at++) {
    const first = members[at] as string;
    const last = members[at + 1] === "-" ? members[at + 2] : undefined;
    ranges.push([first, last ?? first]);
    if (last !== undefined) at += 2;
  }
  return (character) => ranges.some(([first, last]) => first <= character && character <= last) !== negated;
}

/** `a{b,c{d,e}}` -> ab, acd, ace. Braces without a comma or a partner mean themselves. */
function expandBraces(pattern: string): string[] {
  const pending = [pattern];
  const done: string[] = [];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const group = /\{([^{}]*,[^{}]*)\}/.exec(next); // an innermost group
    if (group === null) done.push(next);
    else
      for (const choice of (group[1] ?? "").split(","))
        pending.push(next.slice(0, group.index) + choice + next.slice(group.index + group[0].length));
    if (pending.length + done.length > MAX_ALTERNATIVES)
      throw new RepobaseError("usage", `the path pattern has more than ${MAX_ALTERNATIVES} alternatives`);
  }
  return done;
}
