/** What keys mean in a window over the full screen, and what comes for it. Pure. */
import { ACTIONS, type UiAction } from "./actions.ts";
import { askAnew } from "./ask-anew.ts";
import { editText } from "./edit-text.ts";
import type { UiEffect, UiEvent, UiStep } from "./events.ts";
import { SEARCH_MODES } from "../../protocol/search-api.ts";
import { cloudRows } from "./cloud-rows.ts";
import { say } from "./said.ts";
import type { Modal, UiState } from "./state.ts";

type Of<K extends Modal["kind"]> = Extract<Modal, { kind: K }>;
interface Press {
  readonly key: string;
  readonly text: string;
}

const step = (state: UiState, ...effects: UiEffect[]): UiStep => ({ state, effects });
const STEPS: Readonly<Record<string, number | undefined>> = {
  up: -1,
  down: 1,
  "ctrl-p": -1,
  "ctrl-n": 1,
  "shift-tab": -1,
  tab: 1,
  pageup: -10,
  pagedown: 10,
};

export function updateModal(state: UiState, modal: Modal, press: Press): UiStep {
  if (press.key === "ctrl-c") return step({ ...state, modal: null }, { kind: "quit" });
  if (press.key === "escape" && modal.kind !== "cloud") return step({ ...state, modal: null });
  switch (modal.kind) {
    case "help":
      return press.key === "q" || press.key === "?" ? step({ ...state, modal: null }) : scroll(state, modal, press);
    case "log":
      return press.key === "q" ? step({ ...state, modal: null }) : scroll(state, modal, press);
    case "palette":
      return inPalette(state, modal, press);
    case "filters":
      return inFilters(state, modal, press);
    case "commits":
      return inCommits(state, modal, press);
    case "cloud":
      return inCloud(state, modal, press);
    case "confirm":
      return inConfirm(state, modal, press);
  }
}

/** What came for a window that may be closed by now. */
export function openedModal(state: UiState, event: UiEvent): UiStep {
  const { modal } = state;
  switch (event.kind) {
    case "commits":
      return modal?.kind === "commits" && modal.repoId === event.repoId
        ? step({ ...state, modal: { ...modal, commits: event.commits } })
        : step(state);
    case "device":
      return modal?.kind === "cloud"
        ? step({ ...state, modal: { ...modal, device: event.device, busy: "waiting for the code to be typed in" } })
        : step(state);
    case "signed-in":
    case "sign-in-failed": {
      const said = event.kind === "signed-in" ? say(state, event.text) : say(state, event.problem, "error");
      const open = modal?.kind === "cloud" ? { ...modal, key: "", device: null, busy: null } : modal;
      return step({ ...said, modal: open }, ...(event.kind === "signed-in" ? [{ kind: "load-repos" } as const] : []));
    }
    default:
      return step(state);
  }
}

function scroll(state: UiState, modal: Of<"help"> | Of<"log">, { key }: Press): UiStep {
  const by = STEPS[key] ?? ({ j: 1, k: -1 } as typeof STEPS)[key] ?? 0;
  return step({ ...state, modal: { ...modal, top: Math.max(0, modal.top + by) } });
}

/** Those whose title has every word that was typed. */
export function paletteActions(text: string): readonly UiAction[] {
  const words = text.toLowerCase().split(/\s+/);
  return ACTIONS.filter(
    ({ id, title }) => id !== "palette" && words.every((word) => `${id} ${title}`.toLowerCase().includes(word)),
  );
}

function inPalette(state: UiState, modal: Of<"palette">, { key, text }: Press): UiStep {
  const actions = paletteActions(modal.text);
  const by = STEPS[key];
  if (by !== undefined) return step({ ...state, modal: { ...modal, at: within(modal.at + by, actions.length) } });
  if (key === "enter") {
    const closed = { ...state, modal: null };
    return actions[modal.at]?.act(closed) ?? step(closed);
  }
  const edited = editText(modal.text, key, text);
  return edited === undefined ? step(state) : step({ ...state, modal: { ...modal, text: edited, at: 0 } });
}

export const FILTER_FIELDS = ["mode", "path", "lang", "ref"] as const;

function inFilters(state: UiState, modal: Of<"filters">, { key, text }: Press): UiStep {
  const by = STEPS[key];
  if (by !== undefined) return step({ ...state, modal: { ...modal, at: within(modal.at + by, FILTER_FIELDS.length) } });
  if (key === "enter") return askAnew({ ...state, modal: null, filters: { ...state.filters, ...modal.draft } });
  const field = FILTER_FIELDS[modal.at] ?? "mode";
  const draft = (value: Partial<typeof modal.draft>) =>
    step({ ...state, modal: { ...modal, draft: { ...modal.draft, ...value } } });
  if (field === "mode") {
    const turn = key === "left" ? SEARCH_MODES.length - 1 : key === "right" || key === "space" ? 1 : 0;
    const at = SEARCH_MODES.indexOf(modal.draft.mode) + turn;
    return draft({ mode: SEARCH_MODES[at % SEARCH_MODES.length] ?? "hybrid" });
  }
  const edited = editText(modal.draft[field], key, text);
  return edited === undefined ? step(state) : draft({ [field]: edited });
}

/** The first entry is what is searched when nobody chooses. */
function inCommits(state: UiState, modal: Of<"commits">, { key }: Press): UiStep {
  const by = STEPS[key] ?? ({ j: 1, k: -1 } as typeof STEPS)[key];
  const count = 1 + (modal.commits?.length ?? 0);
  if (by !== undefined) return step({ ...state, modal: { ...modal, at: within(modal.at + by, count) } });
  if (key !== "enter") return step(state);
  const chosen = modal.commits?.[modal.at - 1];
  const filters = chosen
    ? { ...state.filters, ref: chosen.commit, repos: [modal.repoId] }
    : { ...state.filters, ref: "" };
  return askAnew({ ...state, modal: null, filters, focus: "search" });
}

function inCloud(state: UiState, modal: Of<"cloud">, { key, text }: Press): UiStep {
  if (key === "escape")
    return step({ ...state, modal: null }, ...(modal.busy === null ? [] : [{ kind: "stop-sign-in" } as const]));
  const rows = cloudRows(state);
  const by = STEPS[key];
  if (by !== undefined) return step({ ...state, modal: { ...modal, at: within(modal.at + by, rows.length) } });
  const row = rows[modal.at];
  if (!row || modal.busy !== null) return step(state);
  if (row.kind === "field") {
    if (key === "enter") return signIn(state, modal);
    const edited = editText(modal[row.field], key, text);
    return edited === undefined ? step(state) : step({ ...state, modal: { ...modal, [row.field]: edited } });
  }
  if (key !== "enter" && key !== "space") return step(state);
  switch (row.kind) {
    case "sign-in":
      return signIn(state, modal);
    case "sign-in-github":
      return begin(state, modal, { kind: "sign-in-github", endpoint: modal.endpoint.trim() });
    case "sign-out":
      return step({
        ...state,
        modal: { kind: "confirm", question: "Sign out? Indexes stay, here and in the cloud.", goal: "sign-out" },
      });
    case "global":
      return step(state, { kind: "switch-cloud", repoId: null, enabled: !state.cloud.enabled });
    case "repo":
      return step(state, { kind: "switch-cloud", repoId: row.repo.id, enabled: !row.repo.cloudEnabled });
  }
}

function signIn(state: UiState, modal: Of<"cloud">): UiStep {
  const [endpoint, key] = [modal.endpoint.trim(), modal.key.trim()];
  if (endpoint === "" || key === "") return step(say(state, "type the server's address and a key first", "error"));
  return begin(state, modal, { kind: "sign-in", endpoint, key });
}

function begin(state: UiState, modal: Of<"cloud">, effect: UiEffect & { readonly endpoint: string }): UiStep {
  if (effect.endpoint === "") return step(say(state, "type the server's address first", "error"));
  return step({ ...state, message: null, modal: { ...modal, busy: "asking the server" } }, effect);
}

function inConfirm(state: UiState, modal: Of<"confirm">, { key }: Press): UiStep {
  if (key === "n" || key === "q") return step({ ...state, modal: null });
  if (key !== "y" && key !== "enter") return step(state);
  return step({ ...state, modal: null }, { kind: modal.goal });
}

const within = (at: number, count: number): number => Math.max(0, Math.min(count - 1, at));
