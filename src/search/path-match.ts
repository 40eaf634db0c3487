/** What a file's path says for it: its name, and the folders it lies in. */
import { coverage, matchName } from "./name-match.ts";
import type { QueryProfile } from "./query-profile.ts";
import { nameWords } from "./terms.ts";

/** Folders further up say what the repository is about, not the file. */
const NEAREST_FOLDERS = 2;
const EXTENSIONS = /(\.(d|test|spec))?\.[^.]+$/;

export interface PathMatch {
  /** Of the file's name without extension, 0 to 1. */
  readonly name: number;
  /** Of name and nearest folders: the share of the query's weight they have. */
  readonly folders: number;
  /** 1: the query is this path, or its end. */
  readonly exact: number;
}

export function matchPath(path: string, query: QueryProfile): PathMatch {
  const segments = path.split("/");
  const name = (segments.pop() ?? "").replace(EXTENSIONS, "");
  const lower = path.toLowerCase();
  const exact = query.path !== null && (lower === query.path || lower.endsWith(`/${query.path}`));
  return {
    name: matchName(nameWords(name), query),
    folders: coverage([...segments.slice(-NEAREST_FOLDERS), name].flatMap(nameWords), query),
    exact: exact ? 1 : 0,
  };
}
