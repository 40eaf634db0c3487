/** The page's first script: the shell with the view of the place. The search comes with it, the other views when they are opened. */
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { currentPlace, watchAddress } from "./navigation.ts";
import { useObserved } from "./observed.ts";
import { lazyView } from "./parts/lazy-view.tsx";
import { Shell } from "./parts/shell.tsx";
import type { Place } from "./router.ts";
import { askSession, session } from "./session.ts";
import { SearchView } from "./views/search.tsx";

const YouView = lazyView(async () => (await import("./views/you.tsx")).YouView);
const SignInView = lazyView(async () => (await import("./views/sign-in.tsx")).SignInView);

function Page() {
  const place = useObserved(currentPlace);
  const { status } = useObserved(session);
  useEffect(() => {
    if (place.view !== "search") document.getElementById("main")?.focus({ preventScroll: true });
  }, [place.view]);
  return <Shell view={place.view}>{status === "out" ? <SignInView place={place} /> : <View place={place} />}</Shell>;
}

function View({ place }: { place: Place }) {
  switch (place.view) {
    case "search":
      return <SearchView place={place} />;
    case "you":
      return <YouView />;
    default:
      return <p class="quiet">There is no such page here.</p>;
  }
}

watchAddress();
void askSession();
const root = document.getElementById("page");
if (root) render(<Page />, root);
