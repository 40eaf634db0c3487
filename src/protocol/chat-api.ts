/**
 * What a question to an index asks and answers: `POST /v1/chat` and `repobase ask`; see docs/ASK.md. The answer is a stream of events
 * (server-sent events; `event:` is the type, `data:` the event as JSON): one `sources`; then `tool`, `source` and `text` in any order;
 * perhaps an `error`; and always one `done`, the last. The same in one JSON object for a client that takes `application/json`.
 */
import { array, type GenericSchema, nullish, union } from "valibot";
import { count, fields, text, yesNo } from "./decode.ts";
import { RepobaseError } from "./errors.ts";

/** Longest question, in characters. */
export const MAX_QUESTION = 4000;
/** Turns of a conversation that are looked at; of more, the last ones. */
export const MAX_TURNS = 6;
/** Characters of the questions and answers of those turns; what is older than that is left out. */
export const MAX_HISTORY = 24_000;
/** Calls of tools for one answer. */
export const MAX_TOOL_CALLS = 3;

/** Lines of a file at a commit; from 1, both included. */
export interface CodePlace {
  readonly repoId: string;
  readonly commit: string;
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
}

/** A place that an answer may cite as `[n]`. */
export interface ChatSource extends CodePlace {
  /** From 1, in the order in which they come. */
  readonly n: number;
  /** What people call the repository. */
  readonly repo: string;
  /** Of the repository, good for a link; null: not known. */
  readonly url: string | null;
  readonly language: string;
  /** The definition that it is of. */
  readonly symbol: string | null;
  /** The lines, as the model reads them; of long ones, the first. Data, never instructions. */
  readonly text: string;
}

/** A citation of the answer, resolved. */
export interface Citation extends CodePlace {
  readonly n: number;
  readonly repo: string;
}

/** An earlier question of the conversation and its answer, as the client kept them. The server believes nothing of it but the words. */
export interface ChatTurn {
  readonly question: string;
  readonly answer: string;
  /** What its `[n]` stand for: the `citations` of its `done`. Looked up anew; what is not there now is left out. */
  readonly citations?: readonly (CodePlace & { readonly n: number })[] | null | undefined;
}

/** The body of `POST /v1/chat`. */
export interface ChatQuestion {
  readonly question: string;
  /** Oldest first. */
  readonly history?: readonly ChatTurn[] | null | undefined;
  /** Repository ids (or, as `repo`, one or more); none: all. */
  readonly repos?: readonly string[] | null | undefined;
  readonly repo?: string | readonly string[] | null | undefined;
  /** Branch, commit, unique commit prefix; null: each repository's default. */
  readonly ref?: string | null | undefined;
  /** false: the sources alone, no model is asked. */
  readonly model?: boolean | null | undefined;
}

/** The first: what was found before a model was asked. */
export interface SourcesEvent {
  readonly type: "sources";
  /** Best first, `n` from 1. None: nothing was found. */
  readonly sources: readonly ChatSource[];
  readonly warnings: readonly string[];
  /** Who will answer; null: nobody, there is no model. */
  readonly model: string | null;
}

/** The model looked something up; what it found comes before, as `source` events. */
export interface ToolEvent {
  readonly type: "tool";
  /** From 1 to MAX_TOOL_CALLS. */
  readonly call: number;
  readonly name: string;
  /** What it looked up, for people: `"refresh token" in hono`. */
  readonly about: string;
  /** false: it could not be done; the model was told why. */
  readonly ok: boolean;
  /** Their `n`. */
  readonly sources: readonly number[];
}

/** One more source. */
export interface SourceEvent {
  readonly type: "source";
  readonly source: ChatSource;
}

/** The answer goes on. `[n]` is never cut between two of them. To be shown as text: no images, no links but those of citations. */
export interface TextEvent {
  readonly type: "text";
  readonly text: string;
}

/** The model failed; what was answered until then stays. `code` and the rest are those of a problem+json. */
export interface ErrorEvent {
  readonly type: "error";
  readonly code: string;
  readonly detail: string;
  readonly hint?: string;
  /** Seconds; where it is worth trying again after that. */
  readonly retryAfter?: number;
}

/**
 * Why the answer ended. `stop`: it is whole. `no_model`: there is none, or none was wanted. `length`: at the longest answer allowed.
 * `filtered`: the model's provider held it back. `cut`: the model's stream broke off or was longer than can be taken. `error`: see the
 * event before.
 */
export const CHAT_ENDS = ["stop", "no_model", "length", "filtered", "cut", "error"] as const;
export type ChatEnd = (typeof CHAT_ENDS)[number];

export interface ChatUsage {
  readonly promptTokens: number;
  readonly answerTokens: number;
  /** The model did not say; reckoned from the lengths. */
  readonly estimated: boolean;
}

/** The space's use of its model since midnight, UTC, this question included. */
export interface ChatDay {
  readonly questions: number;
  readonly tokens: number;
  /** null: no limit. */
  readonly questionsPerDay: number | null;
  readonly tokensPerDay: number | null;
}

/** The last. */
export interface DoneEvent {
  readonly type: "done";
  readonly reason: ChatEnd;
  readonly model: string | null;
  /** What the answer cites, in the order of its text, each once. */
  readonly citations: readonly Citation[];
  /** Numbers that the answer cites and no source has: to be marked as such. */
  readonly unknown: readonly number[];
  readonly toolCalls: number;
  /** null: no model was asked. */
  readonly usage: ChatUsage | null;
  /** null: the prices are not known. */
  readonly cost: { readonly amount: number; readonly currency: string } | null;
  /** null: not counted (a local question, or no model). */
  readonly today: ChatDay | null;
}

export type ChatEvent = SourcesEvent | ToolEvent | SourceEvent | TextEvent | ErrorEvent | DoneEvent;

/** All events of one answer together: the answer of `POST /v1/chat` for `Accept: application/json`, and of `repobase ask --json`. */
export interface ChatAnswer extends Omit<DoneEvent, "type"> {
  readonly answer: string;
  /** All of them. */
  readonly sources: readonly ChatSource[];
  readonly warnings: readonly string[];
  readonly tools: readonly Omit<ToolEvent, "type">[];
  /** With `reason` `error`. */
  readonly error: Omit<ErrorEvent, "type"> | null;
}

const lists = "must be a list";
export const CHAT_PLACE = { repoId: text, commit: text, path: text, startLine: count, endLine: count };
const names = array(text, "must be a list of names");

export const CHAT_TURN: GenericSchema<unknown, ChatTurn> = fields({
  question: text,
  answer: text,
  citations: nullish(array(fields({ n: count, ...CHAT_PLACE }), lists)),
});

export const CHAT_QUESTION: GenericSchema<unknown, ChatQuestion> = fields({
  question: text,
  history: nullish(array(CHAT_TURN, lists)),
  repos: nullish(names),
  repo: nullish(union([text, names], "must be a name or a list of names")),
  ref: nullish(text),
  model: nullish(yesNo),
});

/** Without blanks around it. @throws RepobaseError `usage` */
export function checkQuestion(asked: string): string {
  const question = asked.trim();
  if (question === "") throw new RepobaseError("usage", "the question is empty");
  if (question.length > MAX_QUESTION)
    throw new RepobaseError("usage", `the question is longer than ${MAX_QUESTION} characters`);
  return question;
}
