/** The page's first script: the shell with the view of the place. The search comes with it, the other views when they are opened. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { currentPlace, navigate, watchAddress } from "./navigation.ts";
import { useObserved } from "./observed.ts";
import { HelpDialog } from "./parts/help-dialog.tsx";
import { keepPage } from "./keep-page.ts";
import { lazyView } from "./parts/lazy-view.tsx";
import { Shell } from "./parts/shell.tsx";
import { EMPTY_SEARCH, type Place } from "./router.ts";
import { askSession, session } from "./session.ts";
import { watchUnread } from "./unread.ts";
import { useKeys } from "./use-keys.ts";
import { SearchView } from "./views/search.tsx";

const FileView = lazyView(async () => (await import("./views/file.tsx")).FileView);
const HistoryView = lazyView(async () => (await import("./views/history.tsx")).HistoryView);
const DiffView = lazyView(async () => (await import("./views/diff.tsx")).DiffView);
const AskView = lazyView(async () => (await import("./views/ask.tsx")).AskView);
const ReposView = lazyView(async () => (await import("./views/repos.tsx")).ReposView);
const YouView = lazyView(async () => (await import("./views/you.tsx")).YouView);
const NotificationsView = lazyView(async () => (await import("./views/notifications.tsx")).NotificationsView);
const InviteView = lazyView(async () => (await import("./views/invite.tsx")).InviteView);
const SignInView = lazyView(async () => (await import("./views/sign-in.tsx")).SignInView);

function Page() {
  const place = useObserved(currentPlace);
  const { status } = useObserved(session);
  useEffect(() => {
    if (place.view !== "search") document.getElementById("main")?.focus({ preventScroll: true });
  }, [place.view]);
  const [help, setHelp] = useState(false);
  useKeys({
    "?": () => setHelp(true),
    "/": () => {
      if (place.view !== "search") navigate(EMPTY_SEARCH);
      else document.getElementById("q")?.focus();
    },
  });
  return (
    <>
      <Shell view={place.view}>{status === "out" ? <SignInView place={place} /> : <View place={place} />}</Shell>
      {help ? <HelpDialog onClose={() => setHelp(false)} /> : null}
    </>
  );
}

function View({ place }: { place: Place }) {
  switch (place.view) {
    case "search":
      return <SearchView place={place} />;
    case "file":
      return <FileView place={place} />;
    case "history":
      return <HistoryView place={place} />;
    case "diff":
      return <DiffView place={place} />;
    case "ask":
      return <AskView place={place} />;
    case "notifications":
      return <NotificationsView place={place} />;
    case "repos":
      return <ReposView />;
    case "you":
      return <YouView place={place} />;
    case "invite":
      return <InviteView place={place} />;
    default:
      return <p class="quiet">There is no such page here.</p>;
  }
}

watchAddress();
watchUnread();
void askSession();
const root = document.getElementById("page");
if (root) render(<Page />, root);
keepPage();
