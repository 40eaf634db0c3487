/** Commit message -> the at most five files it changed. The tree is the parent of the oldest commit asked about. */
import { languageOf } from "../../src/chunk/language-of.ts";
import type { Commit, GitSnapshot } from "./git-snapshot.ts";
import { isAuthored } from "./paths.ts";
import { isEnglish, plain, wordCount } from "./sentences.ts";

const HISTORY = 1500;
/** More than are asked, since some changed only files that were made later. */
const CANDIDATES = 100;
const MAX_FILES = 5;

const ROUTINE =
  /^(merge|release|bump|update (dependenc|changelog|history|version|readme|lock|authors|translat|plugin|gradle|actions)|revert|version|v?\d+\.\d+|prepare|chore\((deps|release)|build\(deps|\[pre-commit|pre-commit|fix(ed|es)? (typo|lint|ci|build|tests?|formatting)\.?$|typo|wip|format|lint|cleanup|clean up$|initial commit|update$|auto|sync|publish|changelog|regenerate|rollup merge|prettier|run |internal change|\S+-\d+\.\d+(\.\d+)?$)/i;
const TRAILER =
  /^\s*(signed-off-by|co-authored-by|closes|fixes|refs?|see|reviewed|approved|cc|bug|change-id|reported|ref:|tested|(merge )?pull request|pr[- ]url|piperorigin|assisted|\* \*|---)/i;

export interface CommitQuestion {
  readonly q: string;
  readonly paths: readonly string[];
}

/** @returns questions whose files may not all be in the tree, newest first, and the commit to index */
export async function commitQuestions(snapshot: GitSnapshot): Promise<{ commit: string; questions: CommitQuestion[] }> {
  const asked: { commit: Commit; question: CommitQuestion }[] = [];
  for (const commit of await snapshot.history(HISTORY)) {
    if (asked.length === CANDIDATES) break;
    const q = question(commit);
    const paths = commit.paths.filter((path) => isAuthored(path) && languageOf(path).name !== "text");
    if (q !== undefined && commit.paths.length <= MAX_FILES && paths.length > 0 && commit.parent !== "")
      asked.push({ commit, question: { q, paths } });
  }
  const oldest = asked.at(-1)?.commit.parent;
  if (oldest === undefined) throw new Error("no commit to ask about");
  return { commit: oldest, questions: asked.map((entry) => entry.question) };
}

function question({ subject, body, author }: Commit): string | undefined {
  if (/\[bot\]|dependabot|renovate/i.test(author + body)) return undefined;
  const title = plain(
    subject
      .replace(/\s*\(?(closes|fixes|refs?|gh-|see|pr|issue)?\s*#\d+\)?/gi, "")
      .replace(/^(feat|fix|chore|docs|refactor|perf|tests?|style|build|ci)(\([^)]*\))?!?:\s*/i, "")
      .replace(/^\[[^\]]{1,25}\]\s*/, ""),
  )
    .replace(/\s+/g, " ")
    .replace(/[ .]+$/, "");
  if (ROUTINE.test(title) || ROUTINE.test(subject) || wordCount(title) < 3 || !isEnglish(title)) return undefined;
  const lines = body.split("\n");
  const trailer = lines.findIndex((line) => TRAILER.test(line));
  const prose = plain(lines.slice(0, trailer < 0 ? undefined : trailer).join(" ")).replace(/\s+/g, " ");
  const whole = prose.length > 20 && isEnglish(prose.slice(0, 200)) ? `${title}. ${prose}` : title;
  return wordCount(whole) >= 4 ? whole.slice(0, 300) : undefined;
}
