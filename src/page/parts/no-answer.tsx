/** A search that found nothing: what was searched, and which filter to drop. */
import { addressOf, type SearchPlace } from "../router.ts";
import { filtersToDrop } from "../search-words.ts";

export function NoAnswer({ place }: { place: SearchPlace }) {
  const drops = filtersToDrop(place);
  return (
    <section class="note" aria-labelledby="nothing">
      <h2 id="nothing">Nothing found for “{place.q.trim()}”</h2>
      {drops.length === 0 ? (
        <p>Try fewer words, another word for it, or a part of a name.</p>
      ) : (
        <>
          <p>A filter may stand in the way. Search the same</p>
          <ul>
            {drops.map(({ name, place: without }) => (
              <li>
                <a href={addressOf(without)}>{name}</a>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
