/** The filters of a search as chips: each a control of the browser's own, so that phones show their wheels and lists. */
import { useState } from "preact/hooks";
import type { RemoteRepo } from "../../protocol/cloud-api.ts";
import { SEARCH_MODES } from "../../protocol/search-api.ts";
import { EMPTY_SEARCH, type SearchPlace } from "../router.ts";
import { filterCount } from "../search-words.ts";
import { Icon } from "./icon.tsx";

interface FiltersProps {
  readonly place: SearchPlace;
  readonly repos: readonly RemoteRepo[];
  /** Of the answers, for the list of suggestions. */
  readonly languages: readonly string[];
  readonly onChange: (change: Partial<SearchPlace>) => void;
}

export function Filters(props: FiltersProps) {
  const { place, onChange } = props;
  const [open, setOpen] = useState(false);
  const set = filterCount(place);
  return (
    <div class="filters">
      <button
        type="button"
        class="chip toggle"
        aria-expanded={open}
        aria-controls="filters"
        onClick={() => setOpen(!open)}
      >
        Filters{set === 0 ? "" : ` (${set})`}
      </button>
      <div id="filters" class={open ? "chips open" : "chips"} role="group" aria-label="Filters">
        <RepoChips {...props} />
        <TextChip name="Branch or commit" value={place.ref} list={branchesOf(props)} set={(ref) => onChange({ ref })} />
        <TextChip name="Language" value={place.lang} list={props.languages} set={(lang) => onChange({ lang })} />
        <TextChip name="Path" hint="src/**" value={place.path} list={[]} set={(path) => onChange({ path })} />
        <label class="chip">
          <span>Mode</span>
          <select
            value={place.mode}
            onChange={(event) => {
              const mode = SEARCH_MODES.find((one) => one === event.currentTarget.value);
              if (mode) onChange({ mode });
            }}
          >
            {[EMPTY_SEARCH.mode, ...SEARCH_MODES.filter((mode) => mode !== EMPTY_SEARCH.mode)].map((mode) => (
              <option value={mode}>{mode}</option>
            ))}
          </select>
        </label>
        {set === 0 ? null : (
          <button type="button" class="chip" onClick={() => onChange({ ...EMPTY_SEARCH, q: place.q })}>
            Clear filters
          </button>
        )}
      </div>
    </div>
  );
}

export function RepoChips({
  place,
  repos,
  onChange,
}: {
  readonly place: Pick<SearchPlace, "repos">;
  readonly repos: readonly RemoteRepo[];
  readonly onChange: (change: Pick<SearchPlace, "repos">) => void;
}) {
  const nameOf = (id: string) => repos.find((repo) => repo.id === id)?.name ?? id;
  const others = repos.filter(({ id }) => !place.repos.includes(id));
  return (
    <>
      {place.repos.map((id) => (
        <button
          type="button"
          class="chip on"
          aria-label={`Remove the repository ${nameOf(id)} from the filters`}
          onClick={() => onChange({ repos: place.repos.filter((one) => one !== id) })}
        >
          {nameOf(id)} <Icon name="close" />
        </button>
      ))}
      {repos.length > 0 && others.length === 0 ? null : (
        <label class="chip">
          <span>Repository</span>
          <select
            class="repos"
            value=""
            onChange={(event) => {
              const { value } = event.currentTarget;
              if (value !== "") onChange({ repos: [...place.repos, value] });
            }}
          >
            <option value="">{place.repos.length === 0 ? "all" : "add one"}</option>
            {others.map(({ id, name }) => (
              <option value={id}>{name}</option>
            ))}
          </select>
        </label>
      )}
    </>
  );
}

/** A filter in words: taken when one is done with it, not at each letter. */
export function TextChip(of: {
  name: string;
  value: string;
  hint?: string;
  list: readonly string[];
  set: (value: string) => void;
}) {
  const id = `filter-${of.name.replaceAll(" ", "-").toLowerCase()}`;
  return (
    <label class={of.value === "" ? "chip" : "chip on"}>
      <span>{of.name}</span>
      <input
        value={of.value}
        placeholder={of.hint ?? "any"}
        list={of.list.length > 0 ? id : undefined}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        size={12}
        onChange={(event) => of.set(event.currentTarget.value.trim())}
      />
      {of.list.length > 0 ? (
        <datalist id={id}>
          {of.list.map((value) => (
            <option value={value} />
          ))}
        </datalist>
      ) : null}
    </label>
  );
}

export function branchesOf({ place, repos }: Pick<Parameters<typeof RepoChips>[0], "place" | "repos">): string[] {
  const meant = place.repos.length === 0 ? repos : repos.filter(({ id }) => place.repos.includes(id));
  return [...new Set(meant.flatMap(({ refs }) => Object.keys(refs)))].toSorted();
}
