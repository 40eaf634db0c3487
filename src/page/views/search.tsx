/** The search: a question, its filters, and what answers it. The address holds all of it. */
import { useEffect } from "preact/hooks";
import { announce } from "../announce.ts";
import { navigate } from "../navigation.ts";
import { ProblemNote } from "../parts/problem-note.tsx";
import { ResultList } from "../parts/result-list.tsx";
import { SearchBox } from "../parts/search-box.tsx";
import { askSearch, searchPath } from "../search-query.ts";
import { useLoad } from "../use-load.ts";
import { useTitle } from "../use-title.ts";
import type { ViewProps } from "./view-props.ts";

/** ms without a key before a search is sent. */
const DEBOUNCE = 120;

export function SearchView({ place }: ViewProps<"search">) {
  useTitle(place.q);
  const path = searchPath(place);
  const { value, problem, loading, again } = useLoad(path, (signal) => askSearch(path ?? "", signal), DEBOUNCE);
  const results = value?.results;
  useEffect(() => {
    if (results && !loading) announce(results.length === 1 ? "1 file" : `${results.length} files`);
  }, [results, loading]);
  return (
    <>
      <SearchBox
        q={place.q}
        busy={loading}
        onInput={(q) => navigate({ ...place, q, sel: "" }, "replace")}
        onClear={() => navigate({ ...place, q: "", sel: "" })}
      />
      {problem ? <ProblemNote problem={problem} again={again} /> : null}
      {value && !problem ? <ResultList response={value} /> : null}
    </>
  );
}
