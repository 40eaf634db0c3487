/** What happened in the space, the newest first: pushes, quotas, results of agents and scripts. */
import { useEffect, useState } from "preact/hooks";
import type { ListedNotice, NoticeList } from "../../protocol/notice-api.ts";
import { askNotices } from "../notices.ts";
import { noticeWords, webLink } from "../notice-words.ts";
import { navigate } from "../navigation.ts";
import { useObserved } from "../observed.ts";
import { Icon } from "../parts/icon.tsx";
import { ProblemNote } from "../parts/problem-note.tsx";
import { addressOf, EMPTY_SEARCH } from "../router.ts";
import { agoOf } from "../search-words.ts";
import { askSession, session, switchSpace } from "../session.ts";
import { markSeen, seenIn, unread } from "../unread.ts";
import { useAction } from "../use-action.ts";
import { useLoad } from "../use-load.ts";
import { useTitle } from "../use-title.ts";
import type { ViewProps } from "./view-props.ts";

export function NotificationsView({ place }: ViewProps<"notifications">) {
  useTitle("Notifications");
  const now = useObserved(session);
  const me = now.status === "in" ? now.me : undefined;
  const other = me && place.space !== me.userId && me.spaces.some(({ id }) => id === place.space);
  const action = useAction();
  useEffect(() => {
    // a notification of another space was tapped
    if (other) action.run(() => switchSpace(place.space));
    else if (me && place.space !== "") navigate({ view: "notifications", space: "" }, "replace");
  }, [other, me, place.space]);
  return (
    <>
      <h1>Notifications</h1>
      {now.status === "unknown" ? <ProblemNote problem={now.problem} again={() => void askSession()} /> : null}
      {action.problem ? <ProblemNote problem={action.problem} /> : null}
      {now.status === "asking" || other ? <p class="quiet">Loading …</p> : null}
      {me && !other && me.userId !== null ? <Notices key={me.userId} space={me.userId} /> : null}
      {me?.userId === null ? <p>You are in no space, so there is nothing to tell.</p> : null}
    </>
  );
}

function Notices({ space }: { space: string }) {
  // the mark as it was when the list was opened: what came after it is new to who looks
  const [seen] = useState(() => seenIn(space));
  const { count } = useObserved(unread);
  const first = useLoad("notices", (signal) => askNotices(null, signal));
  const [older, setOlder] = useState<readonly NoticeList[]>([]);
  const more = useAction();
  const newest = first.value?.notifications[0]?.id;
  useEffect(() => {
    if (newest !== undefined) markSeen(space, newest);
    setOlder([]);
  }, [first.value]);
  useEffect(() => {
    // one came while the list is open
    if (count > 0 && first.value) first.again();
  }, [count]);
  const pages = first.value ? [first.value, ...older] : [];
  const next = pages.at(-1)?.next ?? null;
  const problem = first.problem ?? more.problem;
  return (
    <>
      {problem ? <ProblemNote problem={problem} again={first.again} /> : null}
      {!first.value && !problem ? <p class="quiet">Loading …</p> : null}
      {pages[0]?.notifications.length === 0 ? <Empty /> : null}
      <ol class="notices">
        {pages
          .flatMap(({ notifications }) => notifications)
          .map((notice) => (
            <Notice key={notice.id} notice={notice} isNew={seen === null || notice.id < seen} />
          ))}
      </ol>
      {next === null ? null : (
        <button
          type="button"
          disabled={more.busy}
          onClick={() =>
            more.run(async () => {
              const page = await askNotices(next);
              setOlder((before) => [...before, page]);
            })
          }
        >
          Show older ones
        </button>
      )}
    </>
  );
}

function Empty() {
  return (
    <p>
      Nothing has happened yet. Pushes are told here, and what agents and scripts say with <code>repobase notify</code>.
    </p>
  );
}

function Notice({ notice, isNew }: { notice: ListedNotice; isNew: boolean }) {
  const { name, icon, bad } = noticeWords(notice);
  const { title, body, url, by, at, repo } = notice;
  const link = webLink(url);
  return (
    <li class={bad ? "bad" : undefined}>
      <Icon name={icon} />
      <div>
        <p>
          <strong>{title}</strong> {isNew ? <span class="tag">new</span> : null}
        </p>
        {body === null ? null : <p class="said">{body}</p>}
        <p class="quiet">
          {name}
          {by === null ? "" : ` · ${by}`} ·{" "}
          <time dateTime={at} title={new Date(at).toLocaleString()}>
            {agoOf(at, Date.now())}
          </time>
        </p>
        <p class="row">
          {repo === undefined ? null : <a href={addressOf({ ...EMPTY_SEARCH, repos: [repo.id] })}>{repo.name}</a>}
          {link === undefined ? null : (
            <a href={link.href} target="_blank" rel="noopener noreferrer">
              {link.words}
            </a>
          )}
        </p>
      </div>
    </li>
  );
}
