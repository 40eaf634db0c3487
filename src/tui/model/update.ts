/** The next state of the full screen, and what is to be done: for each thing that happens. Pure. */
import { actionCalled, actionFor } from "./actions.ts";
import { logged, say } from "./said.ts";
import { askUnchanged, askAnew, askForMore } from "./ask-anew.ts";
import type { UiEffect, UiEvent, UiStep } from "./events.ts";
import { layoutOf, paneAt, firstShown, rowsIn } from "./layout.ts";
import type { SearchHit } from "../../protocol/search-api.ts";
import { openedModal, updateModal } from "./update-modal.ts";
import { updateLocal, withRepos } from "./update-local.ts";
import { keyOfHit as keyOf, type Pane, selectedHit, type UiState } from "./state.ts";

const ORDER: readonly Pane[] = ["search", "results", "preview", "repos"];
/** Rows that PgUp and PgDn move by. */
const PAGE = 10;
/** So near to the last result the next ones are asked for. */
const NEAR_END = 5;
/** A file is opened so much later, ms: while one types on, or holds a key, the answers come first. */
const TYPED_MS = 120;
const MOVED_MS = 30;

const step = (state: UiState, ...effects: UiEffect[]): UiStep => ({ state, effects });

/** Does the screen take this key, before a field that is being typed in gets it? */
export const takesKey = (state: UiState, key: string, text: string): boolean =>
  state.modal !== null ||
  state.focus !== "search" ||
  (text === "" && (MOVES[key] !== undefined || ["tab", "shift-tab", "escape"].includes(key))) ||
  actionFor(key, "search") !== undefined;

export function update(state: UiState, event: UiEvent): UiStep {
  switch (event.kind) {
    case "key":
      return state.modal ? updateModal(state, state.modal, event) : pressKey({ ...state, message: null }, event.key);
    case "paste":
      return state.modal ? updateModal(state, state.modal, { key: "", text: event.text }) : step(state);
    case "query":
      return event.text === state.query ? step(state) : askAnew({ ...state, query: event.text, message: null });
    case "click":
    case "double-click":
      return click(state, event);
    case "wheel":
      return wheel(state, event);
    case "resize":
      return step({ ...state, width: event.width, height: event.height });
    case "action":
      return actionCalled(event.id)?.act(state) ?? step(state);
    case "repos":
      return takeRepos(state, event);
    case "sizes":
      return step({ ...state, sizes: event.sizes });
    case "sync":
      return step({ ...state, sync: { ...state.sync, [event.repoId]: event.sync } });
    case "cloud":
      return step({ ...state, cloud: event.cloud });
    case "looked":
    case "idle":
    case "front":
    case "watched":
    case "watch-failed":
      return updateLocal(state, event);
    default:
      return takeNews(state, event);
  }
}

/** What came of what was done. */
function takeNews(state: UiState, event: UiEvent): UiStep {
  switch (event.kind) {
    case "found":
      return takeAnswer(state, event);
    case "not-found":
      return event.generation === state.generation
        ? step({ ...say(state, event.problem, "error"), searching: false, results: [], answered: null, preview: null })
        : step(state);
    case "preview":
      return step(isWanted(state, event.preview.key) ? { ...state, preview: event.preview } : state);
    case "job-step":
      return step({
        ...state,
        jobs: state.jobs.map((job) => (job.id === event.id ? { ...job, step: event.step } : job)),
      });
    case "job-end":
      return endJob(state, event);
    case "said":
      return step(logged(say(state, event.text), event.text));
    case "failed":
      return step(logged(say(state, event.problem, "error"), event.problem));
    case "logged":
      return step(logged(state, event.line));
    case "away":
      return step({ ...state, away: event.away });
    default:
      return openedModal(state, event);
  }
}

function pressKey(state: UiState, key: string): UiStep {
  if (key === "tab" || key === "shift-tab") {
    const at = ORDER.indexOf(state.focus) + (key === "tab" ? 1 : ORDER.length - 1);
    return step({ ...state, focus: ORDER[at % ORDER.length] ?? "search" });
  }
  if (key === "escape") return escape(state);
  const move = MOVES[key] ?? (state.focus === "search" ? undefined : LETTER_MOVES[key]);
  if (move !== undefined) return moveBy(state, state.focus, move);
  return actionFor(key, state.focus)?.act(state) ?? step(state);
}

/** Back: from a list to the question; there the words go first, then the filter to one repository. */
function escape(state: UiState): UiStep {
  if (state.focus !== "search") return step({ ...state, focus: "search" });
  if (state.query !== "") return askAnew({ ...state, query: "" });
  if (state.filters.repos.length > 0) return askAnew({ ...state, filters: { ...state.filters, repos: [] } });
  return step({ ...state, focus: "repos" });
}

const ALL = Number.MAX_SAFE_INTEGER;
export const MOVES: Readonly<Record<string, number | undefined>> = {
  up: -1,
  down: 1,
  "ctrl-p": -1,
  "ctrl-n": 1,
  pageup: -PAGE,
  pagedown: PAGE,
};
const LETTER_MOVES: typeof MOVES = { k: -1, j: 1, home: -ALL, end: ALL, g: -ALL, G: ALL };

export const clampTo = (count: number, at: number): number => Math.max(0, Math.min(count - 1, at));

function moveBy(state: UiState, pane: Pane, by: number): UiStep {
  if (pane === "repos") return step({ ...state, repoAt: clampTo(state.repos.length, state.repoAt + by) });
  if (pane === "preview") return step({ ...state, previewBy: scrolled(state, by) });
  return selectResult(state, state.resultAt + by);
}

/** As far as the file goes. */
function scrolled(state: UiState, by: number): number {
  const first = previewStart(state);
  const lines = state.preview?.lines.length ?? 0;
  const rows = rowsIn(layoutOf(state).panes.preview);
  return Math.max(-first, Math.min(Math.max(0, lines - rows) - first, state.previewBy + by));
}

/** The line of the preview, counted from 0, that it is shown from before anybody scrolls: the match in the upper third. */
export function previewStart(state: UiState): number {
  const { preview } = state;
  const hit = selectedHit(state);
  if (!preview || !hit) return 0;
  const rows = rowsIn(layoutOf(state).panes.preview);
  const at = hit.startLine - preview.from - Math.floor(rows / 3);
  return Math.max(0, Math.min(at, preview.lines.length - rows));
}

function selectResult(state: UiState, to: number): UiStep {
  const resultAt = clampTo(state.results.length, to);
  const hit = state.results[resultAt];
  if (!hit || resultAt === state.resultAt) return step(state);
  const chosen: UiState = { ...state, resultAt, preview: null, previewBy: 0 };
  const { state: next, effects } = resultAt >= state.results.length - NEAR_END ? askForMore(chosen) : step(chosen);
  return step(next, { kind: "preview", hit, after: MOVED_MS }, ...effects);
}

function click(state: UiState, { kind, x, y }: { kind: string; x: number; y: number }): UiStep {
  if (state.modal) return step(state);
  const layout = layoutOf(state);
  const under = paneAt(layout, x, y);
  if (!under) return step(state);
  const { pane, row } = under;
  const focused: UiState = { ...state, focus: pane, message: null };
  const rows = rowsIn(layout.panes[pane]);
  if (pane === "repos") {
    const at = row + firstShown(state.repos.length, state.repoAt, rows);
    const chosen = { ...focused, repoAt: clampTo(state.repos.length, at) };
    return kind === "double-click" ? (actionCalled("scope")?.act(chosen) ?? step(chosen)) : step(chosen);
  }
  if (pane === "results") {
    const at = row + firstShown(state.results.length, state.resultAt, rows);
    const chosen = at < state.results.length ? selectResult(focused, at) : step(focused);
    return kind === "double-click" ? (actionCalled("open")?.act(chosen.state) ?? chosen) : chosen;
  }
  return step(focused);
}

function wheel(state: UiState, { x, y, by }: { x: number; y: number; by: number }): UiStep {
  if (state.modal) return updateModal(state, state.modal, { key: by < 0 ? "up" : "down", text: "" });
  const under = paneAt(layoutOf(state), x, y);
  return under ? moveBy(state, under.pane, under.pane === "preview" ? by * 3 : by) : step(state);
}

function takeRepos(state: UiState, event: Extract<UiEvent, { kind: "repos" }>): UiStep {
  const { repos } = event;
  return step(withRepos(state, repos), { kind: "load-sync", repoIds: repos.map(({ id }) => id) });
}

function takeAnswer(state: UiState, event: Extract<UiEvent, { kind: "found" }>): UiStep {
  if (event.generation !== state.generation) return step(state);
  const { results, warnings } = event.response;
  if (state.answeredGeneration === event.generation) return step({ ...state, results: merged(state.results, results) });
  const [hit] = results;
  const next: UiState = {
    ...state,
    searching: false,
    results,
    warnings,
    answered: state.query,
    answeredGeneration: event.generation,
    tookMs: event.ms,
    resultAt: 0,
    preview: null,
    previewBy: 0,
  };
  // asked for before the explanation was
  const again = state.explain && hit?.explain === undefined ? askUnchanged(next).effects : [];
  const preview = hit ? [{ kind: "preview", hit, after: TYPED_MS } as const] : [];
  return step(warnings.reduce(logged, next), ...again, ...preview);
}

/** What is shown keeps its place, and takes what the new answer says of it; what is new comes below. */
function merged(shown: readonly SearchHit[], answer: readonly SearchHit[]): readonly SearchHit[] {
  const fresh = new Map(answer.map((hit) => [keyOf(hit), hit]));
  const kept = shown.map((hit) => fresh.get(keyOf(hit)) ?? hit);
  for (const hit of shown) fresh.delete(keyOf(hit));
  return [...kept, ...fresh.values()];
}

function isWanted(state: UiState, key: string): boolean {
  const hit = selectedHit(state);
  return hit !== undefined && key === keyOf(hit);
}

function endJob(state: UiState, { id, text, failed }: Extract<UiEvent, { kind: "job-end" }>): UiStep {
  const said = logged(say(state, text, failed ? "error" : "info"), text);
  const ended = state.jobs.filter((job) => job.id === id).map(({ repoId }) => repoId);
  const jobs = state.jobs.filter((job) => job.id !== id);
  return step({ ...said, jobs }, { kind: "look", repoIds: ended }, { kind: "load-sync", repoIds: ended });
}
