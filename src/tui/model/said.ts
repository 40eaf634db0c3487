/** What is said to the user: in the line above the last, and in the list of messages. Pure. */
import type { UiState } from "./state.ts";

const MAX_LOG = 500;

export const say = (state: UiState, text: string, tone: "info" | "error" = "info"): UiState => ({
  ...state,
  message: { tone, text },
});

export const logged = (state: UiState, line: string): UiState => ({
  ...state,
  log: [...state.log, line].slice(-MAX_LOG),
});
