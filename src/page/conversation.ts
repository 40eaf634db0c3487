/** The conversation of the Ask view: in memory, until a new one begins, the space is another, or one signs out. */
import type { ChatEvent, ChatQuestion } from "../protocol/chat-api.ts";
import { decodeChatEvent } from "../protocol/decode-chat.ts";
import { readEvents } from "../protocol/event-stream.ts";
import { chosenSpace, request } from "./api.ts";
import { historyOf, newTurn, type Turn, withEnd, withEvent, withProblem } from "./chat-turn.ts";
import { observed } from "./observed.ts";
import { asProblem } from "./problem.ts";
import { whenLeaving } from "./session.ts";

/** Where a question looks. */
export type AskScope = Pick<ChatQuestion, "repos" | "ref">;

export const turns = observed<readonly Turn[]>([]);

let space: string | null = null;
let running: AbortController | undefined;

whenLeaving(newConversation);

export function newConversation(): void {
  running?.abort();
  running = undefined;
  turns.set([]);
}

/** What was asked in another space is nobody's business here. */
export function keepToSpace(): void {
  if (space !== chosenSpace()) newConversation();
}

/** What came until now stays. */
export function stopAnswer(): void {
  running?.abort();
  running = undefined;
  change((turn) => (turn.state === "asking" ? { ...turn, state: "stopped" } : turn));
}

/** The last question once more: its answer is replaced. */
export function askAgain(scope: AskScope): void {
  const last = turns.value.at(-1);
  if (!last) return;
  turns.set(turns.value.slice(0, -1));
  askNext(last.question, scope);
}

export function askNext(question: string, scope: AskScope): void {
  stopAnswer();
  keepToSpace();
  space = chosenSpace();
  const body = { ...scope, question, history: historyOf(turns.value) };
  turns.set([...turns.value, newTurn(question)]);
  void run(body, (running = new AbortController()));
}

async function run(body: ChatQuestion, controller: AbortController): Promise<void> {
  const { signal } = controller;
  const set = (next: (turn: Turn) => Turn) => {
    // a later question, or a new conversation, may have taken its place
    if (running === controller) change(next);
  };
  try {
    for await (const event of eventsOf(body, signal)) set((turn) => withEvent(turn, event));
    set(withEnd);
  } catch (error) {
    set((turn) => withProblem(turn, asProblem(error)));
  }
}

async function* eventsOf(body: ChatQuestion, signal: AbortSignal): AsyncGenerator<ChatEvent> {
  const answer = await request({ path: "/v1/chat", method: "POST", body, accept: "text/event-stream", signal });
  if (!answer.body) return;
  for await (const { data } of readEvents(answer.body, { signal })) {
    const event = decodeChatEvent(data);
    if (event) yield event;
  }
}

/** Changes the last one. */
function change(next: (turn: Turn) => Turn): void {
  const last = turns.value.at(-1);
  if (last) turns.set([...turns.value.slice(0, -1), next(last)]);
}
