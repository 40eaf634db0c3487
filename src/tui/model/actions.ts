/**
 * Everything that can be done, once: the keys, the palette, the help and the hints in the last line but one are made of this table.
 * Moving about (arrows, wheel, click) is no action.
 */
import { formatPermalink, type Permalink } from "../../page/permalink.ts";
import { hostLink } from "../../page/host-link.ts";
import { isCommit } from "../../protocol/ids.ts";
import { SEARCH_MODES } from "../../protocol/search-api.ts";
import { hitPlace } from "../../report/hit-place.ts";
import type { UiEffect, UiStep } from "./events.ts";
import { askAnew, toggleExplain } from "./ask-anew.ts";
import { cancelJob, startJob, toggleWatch } from "./job-actions.ts";
import { say } from "./said.ts";
import { NO_FILTERS, type Pane, selectedHit, selectedRepo, type UiState } from "./state.ts";

export interface UiAction {
  readonly id: string;
  readonly title: string;
  readonly keys: readonly string[];
  /** The panes in which its keys mean it; "any": also while one types. */
  readonly panes: readonly Pane[] | "any";
  /** Said in the line of hints, in a word. */
  readonly hint?: string;
  /** undefined: it means nothing now. */
  readonly act: (state: UiState) => UiStep | undefined;
}

const LISTS: readonly Pane[] = ["repos", "results", "preview"];
const HITS: readonly Pane[] = ["results", "preview"];

const step = (state: UiState, ...effects: UiEffect[]): UiStep => ({ state, effects });
export const ACTIONS: readonly UiAction[] = [
  {
    id: "open",
    title: "Open the result in your editor",
    keys: ["enter"],
    panes: ["search", ...HITS],
    hint: "open",
    act: openHit,
  },
  {
    id: "copy",
    title: "Copy a permalink to the result",
    keys: ["y"],
    panes: HITS,
    hint: "copy",
    act: (state) => copy(state, permalinkOf(state)),
  },
  {
    id: "copy-path",
    title: "Copy the path of the result",
    keys: ["Y"],
    panes: HITS,
    act: (state) => copy(state, placeOf(state)),
  },
  {
    id: "explain",
    title: "Say why the result ranks where it does",
    keys: ["e"],
    panes: HITS,
    act: toggleExplain,
  },
  {
    id: "scope",
    title: "Search this repository alone, or all again",
    keys: ["enter"],
    panes: ["repos"],
    hint: "search it",
    act: toggleScope,
  },
  {
    id: "filters",
    title: "Filter: mode, path, language, branch or commit",
    keys: ["f4", "f"],
    panes: LISTS,
    hint: "filter",
    act: openFilters,
  },
  { id: "mode", title: "Search by words, by meaning, or both", keys: ["f3", "m"], panes: LISTS, act: nextMode },
  {
    id: "clear",
    title: "Drop all filters",
    keys: ["x"],
    panes: LISTS,
    act: (state) => askAnew({ ...state, filters: NO_FILTERS }),
  },
  {
    id: "commits",
    title: "Choose an indexed commit of the repository",
    keys: ["r"],
    panes: LISTS,
    hint: "commits",
    act: openCommits,
  },
  {
    id: "push",
    title: "Push the repository to the cloud",
    keys: ["p"],
    panes: LISTS,
    hint: "push",
    act: (state) => startJob(state, "push"),
  },
  {
    id: "pull",
    title: "Pull the repository from the cloud",
    keys: ["l"],
    panes: LISTS,
    hint: "pull",
    act: (state) => startJob(state, "pull"),
  },
  {
    id: "index",
    title: "Bring the repository's index up to date",
    keys: ["i"],
    panes: LISTS,
    hint: "index",
    act: (state) => startJob(state, "index"),
  },
  {
    id: "watch",
    title: "Let the indexes follow their folders while this is open, or not",
    keys: ["w"],
    panes: LISTS,
    act: toggleWatch,
  },
  { id: "cancel", title: "Cancel what runs", keys: ["c"], panes: LISTS, act: cancelJob },
  {
    id: "enable",
    title: "Let the repository go to the cloud, or not",
    keys: ["space"],
    panes: ["repos"],
    hint: "cloud",
    act: toggleCloud,
  },
  { id: "cloud", title: "Cloud settings: server, sign-in, what may leave", keys: ["f2"], panes: "any", act: openCloud },
  {
    id: "refresh",
    title: "Look at repositories and the cloud again",
    keys: ["R"],
    panes: LISTS,
    act: (state) => step(state, { kind: "load-repos" }),
  },
  {
    id: "find",
    title: "Type a question",
    keys: ["/"],
    panes: LISTS,
    hint: "search",
    act: (state) => step({ ...state, focus: "search" }),
  },
  {
    id: "log",
    title: "Warnings and messages so far",
    keys: ["L"],
    panes: LISTS,
    act: (state) => step({ ...state, modal: { kind: "log", top: 0 } }),
  },
  {
    id: "palette",
    title: "All commands",
    keys: ["ctrl-k"],
    panes: "any",
    act: (state) => step({ ...state, modal: { kind: "palette", text: "", at: 0 } }),
  },
  {
    id: "help",
    title: "Keys",
    keys: ["f1", "?"],
    panes: LISTS,
    act: (state) => step({ ...state, modal: { kind: "help", top: 0 } }),
  },
  {
    id: "redraw",
    title: "Draw the screen again",
    keys: ["ctrl-l"],
    panes: "any",
    act: (state) => step(state, { kind: "redraw" }),
  },
  {
    id: "suspend",
    title: "Back to the shell for a while (fg returns)",
    keys: ["ctrl-z"],
    panes: "any",
    act: (state) => step(state, { kind: "suspend" }),
  },
  { id: "quit", title: "Quit", keys: ["ctrl-c", "q"], panes: LISTS, hint: "quit", act: quit },
];

/** A key that types nothing means its action in every pane, also while one types. */
const isPlainKey = (key: string): boolean => key.length > 1 && key !== "space" && key !== "enter";

/** undefined: the key means no action in that pane. */
export function actionFor(key: string, pane: Pane): UiAction | undefined {
  return ACTIONS.find(
    ({ keys, panes }) => keys.includes(key) && (panes === "any" || panes.includes(pane) || isPlainKey(key)),
  );
}

export const actionCalled = (id: string): UiAction | undefined => ACTIONS.find((action) => action.id === id);

function openHit(state: UiState): UiStep | undefined {
  const hit = selectedHit(state);
  if (!hit) return undefined;
  const folder = state.repos.find(({ id }) => id === hit.repoId)?.folder ?? null;
  if (folder === null)
    return step(say(state, `the files of ${hit.repoId} are not on this machine; y copies a permalink`, "error"));
  return step(state, { kind: "edit", folder, path: hit.path, line: lineOf(state) });
}

function lineOf(state: UiState): number {
  const hit = selectedHit(state);
  return hit ? hitPlace(hit).line : 1;
}

export function permalinkOf(state: UiState): string | undefined {
  const hit = selectedHit(state);
  if (!hit) return undefined;
  const ref = isCommit(hit.commit) ? hit.commit : null;
  const lines = { from: hit.startLine, to: hit.endLine };
  const link: Permalink = { repo: hit.repoId, ref, path: hit.path, lines };
  return hostLink(state.repos.find(({ id }) => id === hit.repoId)?.url, link) ?? formatPermalink(link);
}

function placeOf(state: UiState): string | undefined {
  const hit = selectedHit(state);
  return hit && `${hit.path}:${lineOf(state)}`;
}

const copy = (state: UiState, text: string | undefined): UiStep | undefined =>
  text === undefined ? undefined : step(state, { kind: "copy", text });

function toggleScope(state: UiState): UiStep | undefined {
  const repo = state.repos[state.repoAt];
  if (!repo) return undefined;
  const only = state.filters.repos.length === 1 && state.filters.repos[0] === repo.id;
  const scoped: UiState = { ...state, filters: { ...state.filters, repos: only ? [] : [repo.id] } };
  return askAnew({ ...scoped, focus: only ? "repos" : "search" });
}

function openFilters(state: UiState): UiStep {
  const { repos: _, ...draft } = state.filters;
  return step({ ...state, modal: { kind: "filters", at: 0, draft } });
}

function nextMode(state: UiState): UiStep {
  const at = SEARCH_MODES.indexOf(state.filters.mode);
  const mode = SEARCH_MODES[(at + 1) % SEARCH_MODES.length] ?? "hybrid";
  return askAnew({ ...state, filters: { ...state.filters, mode } });
}

function openCommits(state: UiState): UiStep | undefined {
  const repo = selectedRepo(state);
  if (!repo) return undefined;
  const modal = { kind: "commits", repoId: repo.id, at: 0, commits: null } as const;
  return step({ ...state, modal }, { kind: "load-commits", repoId: repo.id });
}

function toggleCloud(state: UiState): UiStep | undefined {
  const repo = state.repos[state.repoAt];
  return repo && step(state, { kind: "switch-cloud", repoId: repo.id, enabled: !repo.cloudEnabled });
}

function openCloud(state: UiState): UiStep {
  const { endpoint } = state.cloud;
  return step({ ...state, modal: { kind: "cloud", at: 0, endpoint, key: "", device: null, busy: null } });
}

function quit(state: UiState): UiStep {
  if (state.jobs.length === 0) return step(state, { kind: "quit" });
  const what = state.jobs.map(({ kind, repoId }) => `${kind} of ${repoId}`).join(", ");
  return step({
    ...state,
    modal: { kind: "confirm", question: `${what} still runs. Cancel it and quit?`, goal: "quit" },
  });
}
