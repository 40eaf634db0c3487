/** One question of a conversation with what has come of its answer. Pure. */
import {
  type ChatEvent,
  type ChatSource,
  type ChatTurn,
  type DoneEvent,
  MAX_TURNS,
  type ToolEvent,
} from "../protocol/chat-api.ts";
import { citedNumbers } from "../protocol/citations.ts";
import { PageProblem } from "./problem.ts";

/** `asking`: more may come. `ended`: the server said so. `stopped`: by the person. `cut`: the connection broke, what came is there. */
export type TurnState = "asking" | "ended" | "stopped" | "cut";

export interface Turn {
  readonly question: string;
  readonly state: TurnState;
  /** null: not there yet. */
  readonly sources: readonly ChatSource[] | null;
  readonly warnings: readonly string[];
  /** Who answers; null: nobody, or not known yet. */
  readonly model: string | null;
  readonly tools: readonly ToolEvent[];
  readonly text: string;
  readonly problem: PageProblem | null;
  readonly done: DoneEvent | null;
}

export const newTurn = (question: string): Turn => ({
  question,
  state: "asking",
  sources: null,
  warnings: [],
  model: null,
  tools: [],
  text: "",
  problem: null,
  done: null,
});

export function withEvent(turn: Turn, event: ChatEvent): Turn {
  switch (event.type) {
    case "sources":
      return { ...turn, sources: event.sources, warnings: event.warnings, model: event.model };
    case "source":
      return { ...turn, sources: [...(turn.sources ?? []), event.source] };
    case "tool":
      return { ...turn, tools: [...turn.tools, event] };
    case "text":
      return { ...turn, text: turn.text + event.text };
    case "error": {
      const { code, detail, type: _, ...of } = event;
      return { ...turn, problem: new PageProblem(code, detail, of) };
    }
    case "done":
      return { ...turn, state: "ended", done: event };
  }
}

/** The stream is over: a server always says so before it is. */
export const withEnd = (turn: Turn): Turn => (turn.state === "asking" ? { ...turn, state: "cut" } : turn);

/** Nothing came before the request failed, or something did. */
export const withProblem = (turn: Turn, problem: PageProblem): Turn =>
  turn.sources === null ? { ...turn, state: "ended", problem } : { ...turn, state: "cut" };

/** What a follow-up says of the conversation before it: the last answers that there were, with what they cite. */
export const historyOf = (turns: readonly Turn[]): ChatTurn[] =>
  turns
    .filter(({ text, state }) => text.trim() !== "" && state !== "asking")
    .slice(-MAX_TURNS)
    .map(({ question, text, sources }) => ({ question, answer: text, citations: citedOf(text, sources ?? []) }));

function citedOf(text: string, sources: readonly ChatSource[]) {
  const cited = new Set(citedNumbers(text));
  return sources
    .filter(({ n }) => cited.has(n))
    .map(({ n, repoId, commit, path, startLine, endLine }) => ({ n, repoId, commit, path, startLine, endLine }));
}
