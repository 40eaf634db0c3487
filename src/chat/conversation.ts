/**
 * What came before the question, as the client kept it. Nothing of it is believed but the words: what its citations stand for is read
 * anew from the library, within the scope of the question, and becomes a source of this answer; a citation that is not found again is
 * taken out of the text.
 */
import type { Library } from "../lookup/library.ts";
import type { ChatTurn } from "../protocol/chat-api.ts";
import { MAX_HISTORY, MAX_TURNS } from "../protocol/chat-api.ts";
import { citedNumbers, splitCitations } from "../protocol/citations.ts";
import { isRepobaseError } from "../protocol/errors.ts";
import { selectLines } from "../text/lines.ts";
import type { ModelMessage } from "./model.ts";
import type { ChatScope } from "./scoped-library.ts";
import type { NewSource, NumberedSources } from "./numbered-sources.ts";
import { firstLines } from "./source-text.ts";

/** Citations of the last answer that are looked up again, and tokens of each. */
const MAX_AGAIN = 4;
const MAX_TOKENS = 500;

/** The last turns, as many as there is room for. */
export function recentTurns(history: readonly ChatTurn[]): readonly ChatTurn[] {
  const turns: ChatTurn[] = [];
  let left = MAX_HISTORY;
  for (const turn of history.slice(-MAX_TURNS).toReversed()) {
    left -= turn.question.length + turn.answer.length;
    if (left < 0) break;
    turns.unshift(turn);
  }
  return turns;
}

/** What the last answer cited, in the order of its text. */
export async function citedBefore(
  library: Library,
  scope: ChatScope,
  turns: readonly ChatTurn[],
): Promise<ReadonlyMap<number, NewSource>> {
  const last = turns.at(-1);
  const numbers = last ? citedNumbers(last.answer).slice(0, MAX_AGAIN) : [];
  const found = await Promise.all(
    numbers.map(async (n) => {
      const place = last?.citations?.find((each) => each.n === n);
      const inScope = place && (scope.repos.length === 0 || scope.repos.includes(place.repoId));
      const source = inScope ? await readAgain(library, place) : undefined;
      return source ? ([[n, source]] as const) : [];
    }),
  );
  return new Map(found.flat());
}

async function readAgain(
  library: Library,
  place: NonNullable<ChatTurn["citations"]>[number],
): Promise<NewSource | undefined> {
  const { repoId, commit, path, startLine, endLine } = place;
  try {
    const file = await library.read({ repo: repoId, path, ref: commit });
    if (file.repoId !== repoId || file.commit !== commit) return undefined;
    const part = firstLines(selectLines(file.text, { from: startLine, to: endLine }), MAX_TOKENS);
    if (part.lines === 0) return undefined;
    const lines = { startLine: Math.max(1, startLine), endLine: Math.max(1, startLine) + part.lines - 1 };
    const { name: repo, language } = file;
    return { repo, repoId, url: null, commit, path, ...lines, language, symbol: null, text: part.text };
  } catch (error) {
    // another space's, or gone meanwhile: then there is no such citation
    if (isRepobaseError(error) && error.code !== "interrupted") return undefined;
    throw error;
  }
}

/** @param again by the number that the last answer gave it */
export function messagesOf(
  turns: readonly ChatTurn[],
  again: ReadonlyMap<number, NewSource>,
  sources: NumberedSources,
): ModelMessage[] {
  const numbers = new Map<number, number>();
  for (const [n, source] of again) {
    const added = sources.add(source);
    if (added) numbers.set(n, added.source.n);
  }
  return turns.flatMap(({ question, answer }, at): ModelMessage[] => [
    { role: "user", content: question },
    { role: "assistant", content: renumbered(answer, at === turns.length - 1 ? numbers : new Map()) },
  ]);
}

function renumbered(answer: string, numbers: ReadonlyMap<number, number>): string {
  const parts = splitCitations(answer).map((part) => {
    if (part.kind === "text") return part.text;
    const known = part.numbers.flatMap((n) => numbers.get(n) ?? []);
    return known.length === 0 ? "" : `[${known.join(", ")}]`;
  });
  return parts.join("");
}
