/** One question of the conversation and what has come of its answer. */
import type { ChatSource } from "../../protocol/chat-api.ts";
import { plural } from "../../text/figures.ts";
import { costWords, endOf, lookedUp } from "../answer-words.ts";
import type { Turn } from "../chat-turn.ts";
import { useObserved } from "../observed.ts";
import { addressOf } from "../router.ts";
import { session } from "../session.ts";
import { AnswerBody } from "./answer-body.tsx";
import { ProblemNote } from "./problem-note.tsx";
import { CiteChip, SourceLines, SourceList } from "./sources.tsx";

/** A source that is open. `at`: which chip opened it, so that on a phone its lines stand there. */
export interface OpenSource {
  readonly source: ChatSource;
  readonly at: string;
}

export interface ShownTurnProps {
  readonly turn: Turn;
  /** Unlike that of any other turn. */
  readonly id: string;
  readonly open: OpenSource | null;
  readonly onOpen: (open: OpenSource | null) => void;
  /** Lines open where they are cited; else the view shows them beside the text. */
  readonly inPlace: boolean;
  /** Asks the question once more; absent: there is a later one. */
  readonly again?: () => void;
}

export function ShownTurn(props: ShownTurnProps) {
  const { turn, id, again } = props;
  const { question, state, sources, problem, warnings, text } = turn;
  const asking = state === "asking";
  const end = endOf(turn);
  return (
    <article class="turn" aria-labelledby={id} aria-busy={asking}>
      <h2 id={id}>{question}</h2>
      {warnings.map((warning) => (
        <p class="note">{warning}</p>
      ))}
      <p class="quiet">{lookedUp(turn.tools)}</p>
      <AnswerBody
        text={text}
        cite={(n, block) => <Chip {...props} n={n} at={`${id} ${block}`} />}
        under={(block) => <Under {...props} at={`${id} ${block}`} />}
      />
      {asking ? <p class="quiet">{sources === null ? "Searching …" : "Answering …"}</p> : null}
      {end === undefined ? null : <p class="note">{end}</p>}
      {problem ? <ProblemNote problem={problem} {...(again && { again })} /> : null}
      {again && problem === null && state === "cut" ? (
        <button type="button" onClick={again}>
          Ask again
        </button>
      ) : null}
      {sources ? <Sources {...props} sources={sources} /> : null}
      <p class="quiet">{costWords(turn)}</p>
    </article>
  );
}

function Chip({ turn, open, onOpen, n, at }: ShownTurnProps & { n: number; at: string }) {
  const source = turn.sources?.find((one) => one.n === n);
  const here = source !== undefined && open?.source === source && open.at === at;
  return (
    <CiteChip
      n={n}
      source={source}
      sure={turn.state !== "asking"}
      open={here}
      onToggle={() => onOpen(here || !source ? null : { source, at })}
    />
  );
}

function Under({ open, onOpen, inPlace, at }: ShownTurnProps & { at: string }) {
  return inPlace && open?.at === at ? <SourceLines source={open.source} onClose={() => onOpen(null)} /> : null;
}

/** Where nobody answers, they are the answer: with their lines. */
function Sources(props: ShownTurnProps & { readonly sources: readonly ChatSource[] }) {
  const { turn, sources, id } = props;
  const alone = turn.done?.reason === "no_model";
  const at = (source: ChatSource) => `${id} source ${source.n}`;
  if (sources.length === 0) return <p>Nothing was found for it. Try other words, or fewer filters.</p>;
  return (
    <section aria-labelledby={`${id}-sources`}>
      {alone ? <NoModel /> : null}
      <h3 id={`${id}-sources`}>{alone ? "Places" : plural(sources.length, "source")}</h3>
      <SourceList
        sources={sources}
        label={`Sources of: ${turn.question}`}
        chip={(source) => (alone ? null : <Chip {...props} n={source.n} at={at(source)} />)}
        under={(source) => (alone ? <SourceLines source={source} /> : <Under {...props} at={at(source)} />)}
      />
    </section>
  );
}

function NoModel() {
  const now = useObserved(session);
  const admin = now.status === "in" && now.me.scopes.includes("admin");
  return (
    <p class="note">
      No model is set: here are the places.{" "}
      {admin ? (
        <>
          You can set one under <a href={addressOf({ view: "you" })}>You</a>.
        </>
      ) : (
        "An admin of the space sets one under You."
      )}
    </p>
  );
}
