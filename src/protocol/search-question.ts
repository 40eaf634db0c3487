/** What a search is asked in: the body of `POST /v1/search`, the query of a GET, or flags, all checked to one `SearchRequest`. */
import { array, check, custom, nullish, number, pipe, union } from "valibot";
import { fields, text, yesNo } from "./decode.ts";
import { RepobaseError } from "./errors.ts";
import {
  DEFAULT_LIMIT,
  MAX_LIMIT,
  MAX_QUERY,
  SEARCH_MODES,
  type SearchMode,
  type SearchRequest,
} from "./search-api.ts";

/** What is null or an empty text was not said. */
export interface SearchQuestion {
  readonly q?: string | null | undefined;
  readonly mode?: string | null | undefined;
  /** As a number, or as it was typed. */
  readonly limit?: number | string | null | undefined;
  readonly repos?: readonly string[] | null | undefined;
  readonly ref?: string | null | undefined;
  readonly path?: string | null | undefined;
  readonly lang?: string | null | undefined;
  readonly vector?: readonly number[] | null | undefined;
  /** By model id. */
  readonly vectors?: Readonly<Record<string, readonly number[]>> | null | undefined;
  readonly explain?: boolean | string | null | undefined;
  readonly stats?: boolean | string | null | undefined;
}

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((one) => Number.isFinite(one));
const names = array(text, "must be a list of names");

/** The body of `POST /v1/search`; it may name one repository as `repo`, and `language` is `lang`. */
export const SEARCH_BODY = fields({
  q: nullish(text),
  mode: nullish(text),
  limit: nullish(union([number(), text], "must be a number")),
  repo: nullish(union([text, names], "must be a name or a list of names")),
  repos: nullish(names),
  ref: nullish(text),
  path: nullish(text),
  lang: nullish(text),
  language: nullish(text),
  vector: nullish(custom<number[]>(isNumbers, "must be a list of numbers")),
  vectors: nullish(
    // (not valibot's `record`, which leaves some names out)
    pipe(
      custom<Record<string, number[]>>(
        (value) => typeof value === "object" && value !== null && !Array.isArray(value),
        "must be an object of model ids and lists of numbers",
      ),
      check((value) => Object.values(value).every(isNumbers), "must be lists of numbers by model id"),
    ),
  ),
  explain: nullish(union([yesNo, text], "must be true or false")),
  stats: nullish(union([yesNo, text], "must be true or false")),
});

/** @throws RepobaseError `usage`: an empty or too long query, an unknown mode, a limit out of range */
export function parseSearchRequest(question: SearchQuestion): SearchRequest {
  const { ref, path, lang, vector, vectors, explain, stats } = question;
  const q = question.q?.trim() ?? "";
  if (q === "") throw bad("the query is empty");
  if (q.length > MAX_QUERY) throw bad(`the query is longer than ${MAX_QUERY} characters`);
  return {
    q,
    mode: modeOf(question.mode || "hybrid"),
    limit: limitOf(question.limit ?? ""),
    repos: question.repos ?? [],
    ref: ref || null,
    path: path || null,
    lang: lang?.toLowerCase() || null,
    vector: vector ?? null,
    ...(isYes(explain) && { explain: true }),
    ...(isYes(stats) && { stats: true }),
    vectors: vectors ?? {},
  };
}

const isYes = (said: SearchQuestion["explain"]): boolean => said === true || said === "true" || said === "1";

const bad = (message: string): RepobaseError => new RepobaseError("usage", message);

function modeOf(word: string): SearchMode {
  const mode = SEARCH_MODES.find((each) => each === word);
  if (mode === undefined) throw bad(`mode must be one of ${SEARCH_MODES.join(", ")}, not ${JSON.stringify(word)}`);
  return mode;
}

function limitOf(value: number | string): number {
  const limit = value === "" ? DEFAULT_LIMIT : Number(value);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw bad(`limit must be a whole number from 1 to ${MAX_LIMIT}`);
  return limit;
}
