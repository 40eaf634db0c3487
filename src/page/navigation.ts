/** The browser's address and history, as places. Links are plain `<a href>`s of this page; a click on one stays in the document. */
import { observed } from "./observed.ts";
import { addressOf, parsePlace, type Place } from "./router.ts";

export const currentPlace = observed<Place>(parsePlace(location));

/** @param how `replace`: Back does not lead to where one was (typing, a selection that moves) */
export function navigate(place: Place, how: "push" | "replace" = "push"): void {
  const address = addressOf(place);
  if (address !== location.pathname + location.search + location.hash)
    history[how === "push" ? "pushState" : "replaceState"](null, "", address);
  const before = currentPlace.value;
  currentPlace.set(place);
  if (how === "push" && before.view !== place.view) scrollTo(0, 0);
}

export function watchAddress(): void {
  const arrive = () => currentPlace.set(parsePlace(location));
  addEventListener("popstate", arrive);
  addEventListener("hashchange", arrive);
  document.addEventListener("click", (event) => {
    const place = placeOfClick(event);
    if (!place) return;
    event.preventDefault();
    navigate(place);
  });
}

/** undefined: not a plain click on a link that stays on this page. */
function placeOfClick(event: MouseEvent): Place | undefined {
  if (event.defaultPrevented || event.button !== 0) return undefined;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return undefined;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target !== "" || link.hasAttribute("download") || link.origin !== location.origin) return undefined;
  // a link to a part of the document (the skip link) is the browser's
  if (link.pathname !== "/" || link.getAttribute("href")?.startsWith("#")) return undefined;
  return parsePlace(link);
}
