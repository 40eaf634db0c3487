/**
 * Where in a chunk the names it defines begin. The index says which names those are, in their order but in lower case and without their lines
 * (docs/FORMAT.md, `terms`); the text says the rest. Pure.
 */
import { DEFINITION_SIGN, definitionTerm } from "../terms.ts";
import { forEachWord } from "../words.ts";

export interface FoundDefinition {
  /** As it is written. */
  readonly name: string;
  /** Index of the line in the chunk. */
  readonly at: number;
  /** UTF-16 offset in the line. */
  readonly column: number;
  /** The word that says what it is; null: none does. */
  readonly kind: string | null;
}

const COMMENT = /^\s*(\/\/|\/?\*|#(?!define|\[)|--|;|%|"""|'''|<!--)/;

/** Words of languages that come before what they define, and are what people call it. */
const STRONG = wordsIn(
  "class interface enum struct union trait protocol namespace typedef function macro contract constructor impl actor mixin newtype",
);
/** The same; they say it only where no other word does. */
const WEAK = wordsIn(
  "const let var val data event object type record library package module extension modifier instance annotation",
);
/** What people call by another word. */
const CALLED = new Map([
  ...["def", "defp", "fn", "func", "fun", "sub", "proc"].map((word) => [word, "function"] as const),
  ["defmodule", "module"],
  ["mod", "module"],
  ["defmacro", "macro"],
  ["macro_rules", "macro"],
]);

function wordsIn(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
}

/** @param lines of the chunk; @param terms of its row, as the index has them. By line */
export function findDefinitions(lines: readonly string[], terms: string): FoundDefinition[] {
  const found: FoundDefinition[] = [];
  let from = 0;
  for (const term of terms.split(" ")) {
    if (!term.startsWith(DEFINITION_SIGN)) continue;
    const best = bestPlace(lines, term, from);
    if (best === undefined) continue;
    found.push(best);
    from = best.at;
  }
  return found.sort((a, b) => a.at - b.at || a.column - b.column);
}

interface Place extends FoundDefinition {
  readonly weight: number;
}

/** Names go by line, so a place at or below the last one is preferred. */
function bestPlace(lines: readonly string[], term: string, from: number): Place | undefined {
  let best: Place | undefined;
  lines.forEach((line, at) => {
    if (COMMENT.test(line)) return;
    forEachWord(line, (start, end) => {
      const name = line.slice(start, end);
      if (definitionTerm(name)[0] !== term) return;
      const { kind, weight } = judge(line, start, end);
      const place = { name, at, column: start, kind, weight: weight + (at >= from ? 2 : 0) };
      if (best === undefined || place.weight > best.weight) best = place;
    });
  });
  return best ?? squeezedPlace(lines, term);
}

/** Does the line read like a definition of the word at [start, end)? */
function judge(line: string, start: number, end: number): { kind: string | null; weight: number } {
  const before = line.slice(0, start);
  const after = line.slice(end);
  const words = before.match(/[A-Za-z_]+/g) ?? [];
  const isFirst = !/[=(,.]\s*$/.test(before.replace(/\([^)]*\)|<[^>]*>|\[[^\]]*\]/g, ""));
  const strong = words.findLast((word) => STRONG.has(word) || CALLED.has(word));
  const weak = words.findLast((word) => WEAK.has(word));
  const isCalled = /^\s*(<[^>]*>)?\(/.test(after);
  const isFunction = isCalled || /^\s*[:=]\s*(async\s+)?(function\b|\(|[A-Za-z_$][\w$]*\s*=>)/.test(after);
  const named = strong ?? (isFunction && weak !== undefined ? "function" : weak);
  if (isFirst && named !== undefined) return { kind: CALLED.get(named) ?? named, weight: 6 };
  if (isFirst && isFunction) return { kind: "function", weight: 4 };
  return { kind: null, weight: isFirst ? 3 : 0 };
}

/** A name that the index squeezed to one word (`save-file`, `valid?`): the first place that squeezes to the same. */
function squeezedPlace(lines: readonly string[], term: string): Place | undefined {
  for (const [at, line] of lines.entries()) {
    if (COMMENT.test(line)) continue;
    for (const { 0: name, index } of line.matchAll(/[^\s(){}[\]<>,;:"'`=]+/g))
      if (definitionTerm(name)[0] === term)
        return { name, at, column: index, kind: judge(line, index, index + name.length).kind, weight: 0 };
  }
  return undefined;
}
