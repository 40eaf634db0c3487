/**
 * Where one is on the page, and the address that says so: there is one document, and its whole state is in the query. Both ways
 * are pure, and an address that means nothing is the search, empty.
 */
import { SEARCH_MODES, type SearchMode } from "../protocol/search-api.ts";
import { formatPermalink, parsePermalink, type Permalink } from "./permalink.ts";

export interface SearchPlace {
  readonly view: "search";
  readonly q: string;
  /** Ids of repositories; none: all. */
  readonly repos: readonly string[];
  /** Branch or commit; "": each repository's default. So below. */
  readonly ref: string;
  readonly lang: string;
  /** Glob. */
  readonly path: string;
  readonly mode: SearchMode;
  /** The selected result: its permalink; "": none. */
  readonly sel: string;
}

export interface AskPlace {
  readonly view: "ask";
  /** The question that the conversation begins with. */
  readonly q: string;
  /** As of a search, both. */
  readonly repos: readonly string[];
  readonly ref: string;
}

export type Place =
  | SearchPlace
  | AskPlace
  | { readonly view: "file"; readonly at: Permalink }
  | { readonly view: "history"; readonly repo: string; readonly path: string }
  | {
      readonly view: "diff";
      readonly repo: string;
      readonly from: string;
      readonly to: string;
      /** null: all files. */
      readonly path: string | null;
    }
  | { readonly view: "repos" }
  | {
      readonly view: "you";
      /** Why a sign-in failed, one word of the server's. */
      readonly signin?: string;
    }
  | {
      readonly view: "notifications";
      /** Whose; "": of the space one is in. */
      readonly space: string;
    }
  | { readonly view: "invite"; readonly token: string };

export type ViewName = Place["view"];

export const EMPTY_SEARCH: SearchPlace = {
  view: "search",
  q: "",
  repos: [],
  ref: "",
  lang: "",
  path: "",
  mode: "hybrid",
  sel: "",
};

export const EMPTY_ASK: AskPlace = { view: "ask", q: "", repos: [], ref: "" };

/** @param url the parts of `location` that say where one is */
export function parsePlace({ search, hash }: { readonly search: string; readonly hash: string }): Place {
  const token = new URLSearchParams(hash.slice(1)).get("invite");
  if (token) return { view: "invite", token };
  const query = new URLSearchParams(search);
  const get = (name: string) => query.get(name) ?? "";
  const at = query.has("at") ? parsePermalink(get("at")) : undefined;
  if (at) return { view: "file", at };
  const [repo, path] = cut(get("history"));
  if (repo && path) return { view: "history", repo, path };
  const diff = { repo: get("diff"), from: get("from"), to: get("to"), path: get("path") || null };
  if (diff.repo && diff.from && diff.to) return { view: "diff", ...diff };
  const signin = get("signin");
  if (signin) return { view: "you", signin };
  const view = get("view");
  if (view === "repos" || view === "you") return { view };
  if (view === "notifications") return { view, space: get("space") };
  const asked = { q: get("q"), repos: query.getAll("repo").filter((name) => name !== ""), ref: get("ref") };
  if (view === "ask") return { view, ...asked };
  return {
    view: "search",
    ...asked,
    lang: get("lang"),
    path: get("path"),
    mode: SEARCH_MODES.find((mode) => mode === get("mode")) ?? EMPTY_SEARCH.mode,
    sel: get("sel"),
  };
}

/** A path of this server that `parsePlace` reads back. */
export function addressOf(place: Place): string {
  if (place.view === "invite") return `/#${encode([["invite", place.token]])}`;
  const query = encode(queryOf(place));
  return query === "" ? "/" : `/?${query}`;
}

function queryOf(place: Exclude<Place, { view: "invite" }>): (readonly [string, string])[] {
  switch (place.view) {
    case "search": {
      const { q, repos, ref, lang, path, mode, sel } = place;
      return [
        ["q", q],
        ...repos.map((repo) => ["repo", repo] as const),
        ["ref", ref],
        ["lang", lang],
        ["path", path],
        ["mode", mode === EMPTY_SEARCH.mode ? "" : mode],
        ["sel", sel],
      ];
    }
    case "ask":
      return [
        ["view", "ask"],
        ["q", place.q],
        ...place.repos.map((repo) => ["repo", repo] as const),
        ["ref", place.ref],
      ];
    case "notifications":
      return [
        ["view", "notifications"],
        ["space", place.space],
      ];
    case "file":
      return [["at", formatPermalink(place.at)]];
    case "history":
      return [["history", `${place.repo}:${place.path}`]];
    case "diff":
      return [
        ["diff", place.repo],
        ["from", place.from],
        ["to", place.to],
        ["path", place.path ?? ""],
      ];
    case "repos":
      return [["view", "repos"]];
    case "you":
      return [place.signin ? ["signin", place.signin] : ["view", "you"]];
  }
}

/** As `URLSearchParams` reads it, but with the characters of permalinks and paths left legible. */
function encode(parts: readonly (readonly [string, string])[]): string {
  const legible = (text: string) =>
    encodeURIComponent(text)
      .replaceAll(/%(?:2F|3A|40|2C)/g, (escape) => decodeURIComponent(escape))
      .replaceAll("%20", "+");
  return parts
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}=${legible(value)}`)
    .join("&");
}

function cut(text: string): [string, string] {
  const colon = text.indexOf(":");
  return colon < 0 ? ["", ""] : [text.slice(0, colon), text.slice(colon + 1)];
}
