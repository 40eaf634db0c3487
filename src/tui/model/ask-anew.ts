/** A new question, whenever its words or its filters have changed. An answer to an older one will find another number here. */
import type { UiStep } from "./events.ts";
import type { UiState } from "./state.ts";

export function askAnew(state: UiState): UiStep {
  const generation = state.generation + 1;
  const { query, filters } = state;
  if (query.trim() === "")
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
  return {
    state: { ...state, generation, searching: true },
    effects: [{ kind: "search", generation, query, filters }],
  };
}
