/** Offers the new version of the page; nothing changes until it is taken. */
import { useObserved } from "../observed.ts";
import { pageUpdate } from "../page-update.ts";

export function UpdateNote() {
  const take = useObserved(pageUpdate);
  if (!take) return null;
  return (
    <p class="note row" role="status">
      A new version of this page is ready.
      <button type="button" onClick={take}>
        Reload
      </button>
    </p>
  );
}
