/** What the search view says in words: counts, why a file ranks, what is weak, which filter stands in the way. Pure. */
import type { RankExplanation, SearchResponse } from "../protocol/search-api.ts";
import { EMPTY_SEARCH, type SearchPlace } from "./router.ts";

export const countOf = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

const FOUND = { words: "its words", definition: "a definition of the name", meaning: "its meaning" } as const;

/** One sentence: which searches brought it. undefined: not known. */
export function foundByWords({ foundBy }: RankExplanation): string | undefined {
  if (!foundBy || foundBy.length === 0) return undefined;
  return `Found by ${joined(foundBy.map((how) => FOUND[how]))}.`;
}

/** The parts of its score that are not nothing, largest first. */
export function rankParts(explain: RankExplanation): { readonly name: string; readonly value: string }[] {
  const parts = [
    { name: "words", value: explain.keyword },
    { name: "meaning", value: explain.meaning },
    { name: "defines the name", value: explain.definition },
    { name: "the exact phrase", value: explain.phrase },
    { name: "file name", value: explain.path },
    { name: "more places in the file", value: explain.coherence },
  ];
  const sums = parts
    .filter(({ value }) => value !== 0)
    .toSorted((a, b) => b.value - a.value)
    .map(({ name, value }) => ({ name, value: value.toFixed(2) }));
  const { factor, kinds } = explain;
  if (factor === 1) return sums;
  return [...sums, { name: kinds.length === 0 ? "kind of file" : kinds.join(", "), value: `× ${factor.toFixed(2)}` }];
}

/** Said above answers that do not hold what was asked for. undefined: they do, or nobody knows. */
export function weaknessOf({ results, mode }: SearchResponse): string | undefined {
  if (mode === "semantic" || results.length === 0) return undefined;
  const near = results.every(({ explain }) => explain?.foundBy?.every((how) => how === "meaning") === true);
  return near ? "No file holds these words. What follows is near in meaning only." : undefined;
}

export interface DropFilter {
  /** What the button says. */
  readonly name: string;
  readonly place: SearchPlace;
}

/** For a search without an answer: each filter that may be the reason, and the search without it. */
export function filtersToDrop(place: SearchPlace): DropFilter[] {
  const drop = (name: string, change: Partial<SearchPlace>) => ({ name, place: { ...place, ...change, sel: "" } });
  const { repos, ref, lang, path, mode } = place;
  const found: DropFilter[] = [];
  if (lang !== "") found.push(drop(`In any language, not ${lang} alone`, { lang: "" }));
  if (path !== "") found.push(drop(`In all folders, not ${path} alone`, { path: "" }));
  if (ref !== "") found.push(drop(`On the default branches, not at ${ref}`, { ref: "" }));
  if (repos.length > 0) found.push(drop(`In all repositories, not ${joined(repos)} alone`, { repos: [] }));
  if (mode === "keyword") found.push(drop("By meaning too, not by keyword alone", { mode: EMPTY_SEARCH.mode }));
  return found;
}

/** How many filters are set. */
export const filterCount = ({ repos, ref, lang, path, mode }: SearchPlace): number =>
  repos.length + [ref, lang, path].filter((one) => one !== "").length + (mode === EMPTY_SEARCH.mode ? 0 : 1);

export function joined(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** @param iso of the past @returns `3 days ago` */
export function agoOf(iso: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
  const unit = UNITS.find(([, size]) => seconds >= size);
  if (Number.isNaN(seconds)) return iso;
  return unit ? `${countOf(Math.floor(seconds / unit[1]), unit[0])} ago` : "just now";
}
