/** The keys of the pane that has the focus, in one line. */
import { ACTIONS } from "./actions.ts";
import type { UiState } from "./state.ts";

export function actionsHint({ focus, jobs, modal }: UiState): string {
  if (modal) return "Esc closes";
  const here = ACTIONS.filter(({ panes, hint }) => hint !== undefined && (panes === "any" || panes.includes(focus)));
  const words = here.map(({ keys, hint }) => `${labelOf(keys.at(-1) ?? "")} ${hint}`);
  const move = focus === "search" ? ["Tab results"] : ["Tab next pane"];
  return [...words, ...(jobs.length > 0 && focus !== "search" ? ["c cancel"] : []), ...move].join("   ");
}

const labelOf = (key: string): string => (key.length === 1 ? key : key.charAt(0).toUpperCase() + key.slice(1));
