/** What can be read without the network: searches and files kept on this device, each with since when. */
import { chosenSpace } from "../api.ts";
import { type KeptEntry, listKept } from "../kept-store.ts";
import { addressOf, type Place } from "../router.ts";
import { placeOfKept } from "../kept-places.ts";
import { agoOf } from "../search-words.ts";
import { useLoad } from "../use-load.ts";

export function KeptList() {
  const space = chosenSpace() ?? "";
  const { value } = useLoad(`kept ${space}`, async () => ({
    searches: await listKept(space, "search"),
    files: await listKept(space, "file"),
  }));
  if (!value) return null;
  const { searches, files } = value;
  return (
    <section aria-labelledby="kept">
      <h2 id="kept">Kept on this device</h2>
      {searches.length + files.length === 0 ? <p class="quiet">Nothing was opened here yet.</p> : null}
      <KeptPlaces name="Searches" entries={searches} />
      <KeptPlaces name="Files" entries={files} />
    </section>
  );
}

function KeptPlaces({ name, entries }: { name: string; entries: readonly KeptEntry[] }) {
  const shown = entries.flatMap((entry) => {
    const place = placeOfKept(entry.path);
    return place ? [{ place, at: entry.at }] : [];
  });
  if (shown.length === 0) return null;
  return (
    <>
      <h3>{name}</h3>
      <ul class="plain">
        {shown.map(({ place, at }) => (
          <li key={addressOf(place)}>
            <a href={addressOf(place)}>{nameOf(place)}</a>{" "}
            <span class="quiet">{agoOf(new Date(at).toISOString(), Date.now())}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function nameOf(place: Place): string {
  if (place.view === "search") return [place.q, ...place.repos, place.lang, place.path].filter(Boolean).join(" · ");
  return place.view === "file" ? `${place.at.repo} ${place.at.path}` : "";
}
