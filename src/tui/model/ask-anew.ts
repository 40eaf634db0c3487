/**
 * Questions to the index. No more results are asked for than the screen shows, because each costs reads; the rest is asked for when
 * the selection comes near the end. An answer to an older question will find another generation here.
 */
import type { UiEffect, UiStep } from "./events.ts";
import { layoutOf, rowsIn } from "./layout.ts";
import { selectedHit, type UiState } from "./state.ts";

/** On low screens too: so that a page down has somewhere to go. */
const MIN_RESULTS = 10;
const MAX_RESULTS = 100;
const GROWTH = 3;

/** A new question, whenever its words or its filters have changed. */
export function askAnew(state: UiState): UiStep {
  const generation = state.generation + 1;
  if (state.query.trim() === "")
    return {
      state: {
        ...state,
        generation,
        searching: false,
        results: [],
        answered: null,
        warnings: [],
        preview: null,
        resultAt: 0,
      },
      effects: [],
    };
  const limit = Math.min(
    MAX_RESULTS,
    Math.max(MIN_RESULTS, rowsIn(layoutOf({ ...state, focus: "search" }).panes.results)),
  );
  const asked: UiState = { ...state, generation, searching: true, limit };
  return { state: asked, effects: [question(asked)] };
}

/** The same question again, for what the answer lacks: an explanation. */
export const askUnchanged = (state: UiState): UiStep =>
  state.answered === null || state.searching ? { state, effects: [] } : { state, effects: [question(state)] };

/** Explanations cost time, so they are asked for when they are wanted. */
export function toggleExplain(state: UiState): UiStep {
  const turned: UiState = { ...state, explain: !state.explain };
  const isKnown = selectedHit(state)?.explain !== undefined;
  return turned.explain && !isKnown ? askUnchanged(turned) : { state: turned, effects: [] };
}

/** Further results, where there may be any. */
export function askForMore(state: UiState): UiStep {
  const isWhole = state.results.length < state.limit || state.limit >= MAX_RESULTS;
  if (isWhole || state.answeredGeneration !== state.generation) return { state, effects: [] };
  const more: UiState = { ...state, limit: Math.min(MAX_RESULTS, state.limit * GROWTH) };
  return { state: more, effects: [question(more)] };
}

const question = ({ generation, query, filters, limit, explain }: UiState): UiEffect => ({
  kind: "search",
  generation,
  query,
  filters,
  limit,
  explain,
});
