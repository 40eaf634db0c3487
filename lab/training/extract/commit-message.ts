/** The part of a commit message that says in words what was done; null for the messages of machines and of housekeeping. */
import { asciiShare, countWords, readsAsPhrase } from "./words.ts";

const HOUSEKEEPING =
  /^(?:merge|release|bump|update (?:dependenc|changelog|version|readme|lock|authors|translat)|revert|version|v?\d+\.\d+|prepare|chore\((?:deps|release)|build\(deps|\[pre-commit|pre-commit|fix(?:ed|es)? (?:typo|lint|ci|build|tests?|formatting)\.?$|typo|wip|format|lint|cleanup|clean up$|initial commit|update$|auto|sync|publish|changelog|regenerate|rollup merge|prettier|run )/i;
const TRAILER =
  /^\s*(?:signed-off-by|co-authored-by|closes|fixes|refs?|see|reviewed|approved|cc|bug|change-id|reported|ref:|tested|pull request|pr[- ]url|assisted|\* \*|---)/i;
const MAX_BODY = 400;

export function cleanMessage(message: string): string | null {
  const [first = "", ...rest] = message.trim().split("\n");
  if (/dependabot|renovate/i.test(message)) return null;
  const subject = first
    .replace(/\s*\(?(?:closes|fixes|refs?|gh-|see|pr|issue)?\s*#\d+\)?/gi, "")
    .replace(/^(?:feat|fix|chore|docs|refactor|perf|test|tests|style|build|ci)(?:\([^)]*\))?!?:\s*/i, "")
    .replace(/^\[[^\]]{1,25}\]\s*/, "")
    .replace(/`/g, "")
    .replace(/\s+/g, " ")
    .replace(/^[ .]+|[ .]+$/g, "");
  if (HOUSEKEEPING.test(subject) || HOUSEKEEPING.test(first)) return null;
  if (countWords(subject) < 3 || !readsAsPhrase(subject) || asciiShare(subject) < 0.93) return null;
  const end = rest.findIndex((line) => TRAILER.test(line));
  const body = (end < 0 ? rest : rest.slice(0, end))
    .join(" ")
    .replace(/https?:\/\/\S+/g, "")
    .replace(/`/g, "")
    .replace(/\s+/g, " ")
    .trim();
  const useful = body.length > 20 && asciiShare(body) >= 0.93 && readsAsPhrase(body.slice(0, 200));
  return useful ? `${subject}. ${body.slice(0, MAX_BODY)}` : subject;
}
