/** Questions in words about the indexed code: streamed answers that cite their places, and follow-ups. */
import { useEffect, useState } from "preact/hooks";
import { plural } from "../../text/figures.ts";
import { announce } from "../announce.ts";
import { askAgain, askNext, keepToSpace, newConversation, stopAnswer, turns } from "../conversation.ts";
import type { Turn } from "../chat-turn.ts";
import { navigate } from "../navigation.ts";
import { useObserved } from "../observed.ts";
import { type OpenSource, ShownTurn } from "../parts/shown-turn.tsx";
import { AskForm } from "../parts/ask-form.tsx";
import { SourceLines } from "../parts/sources.tsx";
import type { AskPlace } from "../router.ts";
import { session } from "../session.ts";
import { useKeys } from "../use-keys.ts";
import { DESK, useMedia } from "../use-media.ts";
import { useRepos } from "../use-repos.ts";
import { useTitle } from "../use-title.ts";
import type { ViewProps } from "./view-props.ts";

export function AskView({ place }: ViewProps<"ask">) {
  const all = useObserved(turns);
  const now = useObserved(session);
  const desk = useMedia(DESK);
  const [open, setOpen] = useState<OpenSource | null>(null);
  // another address is another question: what was asked here before is not its answer
  const shown = place.q === "" || place.q === all[0]?.question ? all : [];
  useTitle(shown[0]?.question ?? "Ask");
  useEffect(keepToSpace, [now]);
  useEffect(() => setOpen(null), [shown.length === 0]);
  useKeys({ Escape: open ? () => setOpen(null) : undefined });
  useSaid(shown.at(-1));
  return (
    <>
      <h1 class={shown.length > 0 ? "unseen" : undefined}>Ask</h1>
      {now.status === "unknown" ? (
        <p class="note">The server cannot be reached. A question needs it; what you write here stays.</p>
      ) : null}
      <div class={desk && open ? "answers" : undefined}>
        <div class="asked">
          {shown.map((turn, i) => (
            <ShownTurn
              key={i}
              id={`turn-${i}`}
              turn={turn}
              open={open}
              onOpen={setOpen}
              inPlace={!desk}
              {...(i === shown.length - 1 && { again: () => askAgain(scopeOf(place)) })}
            />
          ))}
          <Form place={place} shown={shown} />
        </div>
        {desk && open ? <Beside open={open} onClose={() => setOpen(null)} /> : null}
      </div>
    </>
  );
}

const scopeOf = ({ repos, ref }: AskPlace) => ({ repos, ref: ref === "" ? null : ref });

function Form({ place, shown }: { place: AskPlace; shown: readonly Turn[] }) {
  const repos = useRepos(0);
  const isFirst = shown.length === 0;
  return (
    <AskForm
      place={place}
      repos={repos.value?.repos ?? []}
      followUp={!isFirst}
      asking={shown.at(-1)?.state === "asking"}
      onAsk={(question) => {
        if (isFirst) {
          newConversation();
          navigate({ ...place, q: question }, "replace");
        }
        askNext(question, scopeOf(place));
      }}
      onStop={stopAnswer}
      onNew={() => {
        newConversation();
        navigate({ ...place, q: "" });
      }}
      onScope={(change) => navigate({ ...place, ...change }, "replace")}
    />
  );
}

function Beside({ open: { source }, onClose }: { open: OpenSource; onClose: () => void }) {
  return (
    <aside class="preview" aria-label={`Source ${source.n}: ${source.path}`}>
      <p>
        <strong>[{source.n}]</strong> <span class="quiet">{source.repo}</span> {source.path}
      </p>
      <SourceLines source={source} onClose={onClose} />
    </aside>
  );
}

/** A screen reader is told when there is something to read, not every word as it comes. */
function useSaid(turn: Turn | undefined): void {
  const found = turn?.sources?.length;
  const state = turn?.state;
  useEffect(() => {
    if (state === "asking" && found !== undefined) announce(`${plural(found, "place")} found, the answer is coming`);
  }, [found === undefined]);
  useEffect(() => {
    if (state === "ended" && !turn?.problem) announce("The answer is there");
    if (state === "stopped") announce("The answer is stopped");
    if (state === "cut") announce("The answer is cut off");
  }, [state]);
}
