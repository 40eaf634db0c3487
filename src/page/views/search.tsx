/** The search: a question, its filters, and what answers it, as one types. The address holds all of it. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { SearchHit, SearchResponse } from "../../protocol/search-api.ts";
import { announce } from "../announce.ts";
import { copyText } from "../copy-text.ts";
import { hostLink } from "../host-link.ts";
import { navigate } from "../navigation.ts";
import { Filters } from "../parts/filters.tsx";
import { KeptNote } from "../parts/kept-note.tsx";
import { lazyView } from "../parts/lazy-view.tsx";
import { NoAnswer } from "../parts/no-answer.tsx";
import { NoQuery } from "../parts/no-query.tsx";
import { ProblemNote } from "../parts/problem-note.tsx";
import { ResultList } from "../parts/result-list.tsx";
import { linkOf } from "../parts/result.tsx";
import { SearchBox } from "../parts/search-box.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { formatPermalink } from "../permalink.ts";
import { rememberSearch } from "../recent-searches.ts";
import { addressOf, type SearchPlace } from "../router.ts";
import { askSearch, searchPath } from "../search-query.ts";
import { countOf } from "../search-words.ts";
import { useKeys } from "../use-keys.ts";
import { useLoad } from "../use-load.ts";
import { DESK, useMedia } from "../use-media.ts";
import { useRepos } from "../use-repos.ts";
import { useTitle } from "../use-title.ts";
import type { ViewProps } from "./view-props.ts";

/** ms without a key before a search is sent. */
const DEBOUNCE = 120;
/** ms that a search stands before it counts as one that was meant. */
const MEANT = 1500;

const Preview = lazyView(async () => (await import("../parts/preview.tsx")).Preview);

export function SearchView({ place }: ViewProps<"search">) {
  useTitle(place.q);
  const path = searchPath(place);
  const first = useRef(true);
  // what the address asks for when the page opens is not being typed
  const delay = first.current ? 0 : DEBOUNCE;
  first.current = false;
  const search = useLoad(path, (signal) => askSearch(path ?? "", signal), delay);
  const repos = useRepos(path === null ? 0 : MEANT);
  const response = path === null ? undefined : search.value;
  const change = (next: Partial<SearchPlace>, how: "push" | "replace") => navigate({ ...place, sel: "", ...next }, how);
  useAnnounced(response, search.loading);
  useRemembered(place, response);
  const languages = useMemo(
    () => [...new Set(response?.results.map(({ language }) => language))].toSorted(),
    [response],
  );
  return (
    <>
      <h1 class="unseen">Search</h1>
      <SearchBox
        q={place.q}
        busy={search.loading}
        onInput={(q) => change({ q }, "replace")}
        onClear={() => change({ q: "" }, "push")}
      />
      <Filters
        place={place}
        repos={repos.value?.repos ?? []}
        languages={languages}
        onChange={(next) => change(next, "push")}
      />
      {path === null ? <NoQuery repos={repos} /> : null}
      {search.problem && path !== null ? <ProblemNote problem={search.problem} again={search.again} /> : null}
      {path !== null && !response && !search.problem ? <Waiting /> : null}
      {response ? <KeptNote answer={response} /> : null}
      {response ? <Answers place={place} response={response} loading={search.loading} /> : null}
    </>
  );
}

function Answers({ place, response, loading }: { place: SearchPlace; response: SearchResponse; loading: boolean }) {
  const desk = useMedia(DESK);
  const { results } = response;
  const selected = results.find((hit) => formatPermalink(linkOf(hit)) === place.sel) ?? (desk ? results[0] : undefined);
  const source = selected && response.sources?.[selected.repoId]?.url;
  useResultKeys(selected, source);
  if (results.length === 0) return loading ? <Waiting /> : <NoAnswer place={place} />;
  return (
    <div class="answers">
      <div>
        <ResultList
          response={response}
          busy={loading}
          selected={selected ? formatPermalink(linkOf(selected)) : ""}
          onSelect={(sel) => navigate({ ...place, sel }, "replace")}
        />
      </div>
      {desk && selected ? <Preview hit={selected} source={source} /> : null}
    </div>
  );
}

/** `j` and `k` move the focus, so that Enter opens and a screen reader follows. */
function useResultKeys(selected: SearchHit | undefined, source: string | null | undefined): void {
  const move = (by: number) => () => {
    const links = [...document.querySelectorAll<HTMLElement>(".result h2 a")];
    const at = links.indexOf(document.activeElement as HTMLElement);
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  const link = selected && linkOf(selected);
  const host = link && hostLink(source, link);
  useKeys({
    j: move(1),
    k: move(-1),
    o: () => {
      if (host === undefined) announce("This repository has no address at a host");
      else open(host, "_blank", "noreferrer");
    },
    y: () => {
      if (link) void copyText(location.origin + addressOf({ view: "file", at: link }), "The link");
    },
  });
}

function useAnnounced(response: SearchResponse | undefined, loading: boolean): void {
  useEffect(() => {
    if (response && !loading)
      announce(response.results.length === 0 ? "Nothing found" : countOf(response.results.length, "file"));
  }, [response, loading]);
}

function useRemembered(place: SearchPlace, response: SearchResponse | undefined): void {
  const found = (response?.results.length ?? 0) > 0;
  useEffect(() => {
    const timer = setTimeout(() => {
      if (found) rememberSearch(place);
    }, MEANT);
    return () => clearTimeout(timer);
  }, [found, searchPath(place)]);
}
