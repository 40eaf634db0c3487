/** What surrounds every view: skip link, top bar, the bar at the bottom of a phone, the live region. */
import type { ComponentChildren } from "preact";
import { announcement } from "../announce.ts";
import { useObserved } from "../observed.ts";
import { addressOf, EMPTY_ASK, EMPTY_SEARCH, type Place, type ViewName } from "../router.ts";
import { unread } from "../unread.ts";
import { UpdateNote } from "./update-note.tsx";
import { Icon, type IconName } from "./icon.tsx";

const TABS: readonly { name: string; icon: IconName; place: Place; of: readonly ViewName[] }[] = [
  { name: "Search", icon: "search", place: EMPTY_SEARCH, of: ["search", "file", "history", "diff"] },
  { name: "Ask", icon: "ask", place: EMPTY_ASK, of: ["ask"] },
  { name: "Repositories", icon: "repos", place: { view: "repos" }, of: ["repos"] },
  { name: "You", icon: "you", place: { view: "you" }, of: ["you", "invite"] },
];

export function Shell({ view, children }: { view: ViewName; children: ComponentChildren }) {
  const said = useObserved(announcement);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="/">
          Repobase
        </a>
        <Tabs view={view} label="Main" />
        <Bell view={view} />
      </header>
      <UpdateNote />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <div class="bottom">
        <Tabs view={view} label="Main, at the bottom" />
      </div>
      <div class="unseen" role="status" aria-live="polite">
        {said}
      </div>
    </>
  );
}

function Bell({ view }: { view: ViewName }) {
  const { count, more } = useObserved(unread);
  const words = `${count}${more ? "+" : ""}`;
  return (
    <a
      class="bell"
      href={addressOf({ view: "notifications", space: "" })}
      aria-current={view === "notifications" ? "page" : undefined}
      aria-label={count === 0 ? "Notifications" : `Notifications, ${words} unread`}
    >
      <Icon name="bell" />
      {count === 0 ? null : <span class="badge">{words}</span>}
    </a>
  );
}

function Tabs({ view, label }: { view: ViewName; label: string }) {
  return (
    <nav aria-label={label}>
      {TABS.map(({ name, icon, place, of }) => (
        <a href={addressOf(place)} aria-current={of.includes(view) ? "page" : undefined}>
          <Icon name={icon} />
          {name}
        </a>
      ))}
    </nav>
  );
}
