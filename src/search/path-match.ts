/** What a file's path says for it. Its folders say nothing that its rows' terms do not (measured). */
import { matchName } from "./name-match.ts";
import type { QueryProfile } from "./query-profile.ts";
import { nameWords } from "./terms.ts";

const EXTENSIONS = /(\.(d|test|spec))?\.[^.]+$/;

export interface PathMatch {
  /** Of the file's name without extension, 0 to 1. */
  readonly name: number;
  /** 1: the query is this path, or its end. */
  readonly exact: number;
}

export function matchPath(path: string, query: QueryProfile): PathMatch {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(EXTENSIONS, "");
  const lower = path.toLowerCase();
  const exact = query.path !== null && (lower === query.path || lower.endsWith(`/${query.path}`));
  return { name: matchName(nameWords(name), query), exact: exact ? 1 : 0 };
}
