/** The question: stays at the top, with a button that empties it. */
import { useEffect, useRef } from "preact/hooks";
import { MAX_QUERY } from "../../protocol/search-api.ts";
import { Icon } from "./icon.tsx";

export function SearchBox(of: { q: string; busy: boolean; onInput: (q: string) => void; onClear: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  // on a phone the keyboard would hide what is there already
  useEffect(() => {
    if (of.q === "") input.current?.focus();
  }, []);
  return (
    <form class="search-box" role="search" onSubmit={(event) => event.preventDefault()}>
      <Icon name="search" />
      <input
        ref={input}
        id="q"
        type="search"
        aria-label="Search code"
        placeholder="Search code, or say what it does"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="search"
        maxLength={MAX_QUERY}
        value={of.q}
        onInput={(event) => of.onInput(event.currentTarget.value)}
      />
      <span class={of.busy ? "busy on" : "busy"} aria-hidden="true" />
      {of.q === "" ? null : (
        <button
          type="button"
          class="icon-button"
          aria-label="Clear the search"
          onClick={() => {
            of.onClear();
            input.current?.focus();
          }}
        >
          <Icon name="close" />
        </button>
      )}
    </form>
  );
}
