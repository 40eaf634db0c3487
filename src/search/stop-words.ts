/**
 * Words of questions that say nothing about code. They are dropped from queries, never from rows: a query of nothing else
 * still finds them. Words that are also what programs do or hold (`get`, `use`, `all`, `not`, `new`) are not among them.
 */
import { stemWord } from "./stem.ts";

const WORDS = (
  "a an and are as at be been but by can could did do does doesn don for from had has have how i if in into is isn it its " +
  "of on or our s should so such t than that the their them then there these they this those to was we were what when " +
  "where which while who why will with would you your"
).split(" ");

const STOP_TERMS = new Set([...WORDS, ...WORDS.map(stemWord)]);

/** @param term in lower case, stemmed or not */
export const isStopTerm = (term: string): boolean => STOP_TERMS.has(term);
