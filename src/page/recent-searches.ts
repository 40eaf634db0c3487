/** The last few searches of this browser, for the empty search; they go when one signs out. */
import { readItem, writeItem } from "./api.ts";
import { addressOf, EMPTY_SEARCH, parsePlace, type SearchPlace } from "./router.ts";
import { whenLeaving } from "./session.ts";

const ITEM = "repobase-recent";
const KEPT = 8;

whenLeaving(() => writeItem(ITEM, null));

export function recentSearches(): SearchPlace[] {
  return readAddresses().flatMap((address) => {
    const place = parsePlace({ search: address.slice(1), hash: "" });
    return place.view === "search" && place.q !== "" ? [place] : [];
  });
}

export function rememberSearch(place: SearchPlace): void {
  const address = addressOf({ ...EMPTY_SEARCH, ...place, sel: "" });
  const others = readAddresses().filter((one) => one !== address);
  writeItem(ITEM, JSON.stringify([address, ...others].slice(0, KEPT)));
}

function readAddresses(): string[] {
  try {
    const kept: unknown = JSON.parse(readItem(ITEM) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === "string") : [];
  } catch {
    return [];
  }
}
