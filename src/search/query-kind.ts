/**
 * What a query is: decides how much names count. Keywords and questions name what they look for; a statement (a pasted
 * sentence, a log line, an error message) describes it, and echoes names only by chance.
 */
import { isStopTerm } from "./stop-words.ts";

export type QueryKind = "symbol" | "path" | "quoted" | "question" | "statement" | "keywords";

const SYMBOL = /^[\p{L}_$][\p{L}\p{N}_$]*((\.|::|#|->)[\p{L}_$~][\p{L}\p{N}_$]*)*(\(\))?$/u;
const PATH = /^[\w@.+~-]*(\/[\w@.+~-]+)+\/?$/;
const QUOTED = /^(["'`]).{2,}\1$/s;
const QUESTION = /^(how|what|where|which|why|when|who|does|do|is|are|can|should|find|show)\b/i;
const SENTENCE_END = /[\p{L})][.!]$/u;
const SHORTEST_SENTENCE = 4;
/** Prose without an end is told by its share of stop words; keywords have a quarter at most. */
const PROSE = { words: 6, stopWords: 0.34 };

export function queryKind(query: string): QueryKind {
  const text = query.trim();
  if (QUOTED.test(text)) return "quoted";
  if (SYMBOL.test(text)) return "symbol";
  if (PATH.test(text)) return "path";
  if (text.endsWith("?") || QUESTION.test(text)) return "question";
  const words = text.toLowerCase().match(/[a-z']+/g) ?? [];
  if (SENTENCE_END.test(text) && words.length >= SHORTEST_SENTENCE) return "statement";
  const stopWords = words.filter(isStopTerm).length;
  return words.length >= PROSE.words && stopWords / words.length >= PROSE.stopWords ? "statement" : "keywords";
}
