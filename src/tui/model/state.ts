/**
 * All that the full screen shows and remembers, as plain data. `update` makes the next state of it, `view/` draws it; neither
 * does anything else. Texts are as they came: what draws them makes their control characters visible.
 */
import type { IndexedCommit } from "../../protocol/browse-api.ts";
import type { Pace } from "../../report/progress-text.ts";
import type { SearchHit, SearchMode } from "../../protocol/search-api.ts";
import type { CodeSpan } from "../../page/code-spans.ts";

export type Pane = "repos" | "search" | "results" | "preview";
export type JobKind = "push" | "pull" | "index";

/** How a repository stands to the cloud; `checking`: asked, not answered yet. */
export type SyncWord =
  | "synced"
  | "ahead"
  | "behind"
  | "diverged"
  | "unrelated"
  | "local"
  | "checking"
  | "offline"
  | "error";

export interface RepoItem {
  readonly id: string;
  readonly name: string;
  /** Where its files lie on this machine; null: they do not. */
  readonly folder: string | null;
  /** Where it came from, for permalinks; null: not known. */
  readonly url: string | null;
  readonly cloudEnabled: boolean;
  readonly commit: string | null;
}

export interface RepoSync {
  readonly word: SyncWord;
  /** Commits, or else file versions, that only this machine, or only the cloud has; null: not counted. */
  readonly ahead: number | null;
  readonly behind: number | null;
  /** What went wrong, in a sentence. */
  readonly problem: string | null;
  /** The folder has changed since it was indexed. */
  readonly stale: boolean;
}

/** The repositories as this machine knows them, without asking any server. */
export interface LocalLook {
  readonly repos: readonly RepoItem[];
  readonly cloud: Cloud;
  /** Of those that were looked at: has the folder changed since it was indexed? */
  readonly stale: Readonly<Record<string, boolean>>;
  /** Of the same. */
  readonly sizes: Readonly<Record<string, number | null>>;
}

export interface SearchFilters {
  readonly mode: SearchMode;
  readonly path: string;
  readonly lang: string;
  readonly ref: string;
  /** Ids; none: all. */
  readonly repos: readonly string[];
}

/** Code in the preview pane. */
export interface CodePreview {
  /** Of the hit it belongs to. */
  readonly key: string;
  readonly lines: readonly (readonly CodeSpan[])[];
  /** Number of the first line. */
  readonly from: number;
  /** The whole file, not only what the search gave. */
  readonly whole: boolean;
}

export interface Job {
  readonly id: number;
  readonly kind: JobKind;
  readonly repoId: string;
  readonly cancelling: boolean;
  readonly step: JobStep | null;
}

export interface JobStep {
  readonly label: string;
  readonly done: number;
  /** 0: not known. */
  readonly total: number;
  readonly unit: string;
  readonly pace: Pace;
}

export interface Cloud {
  readonly signedIn: boolean;
  readonly endpoint: string;
  /** The space; empty: not known. */
  readonly userId: string;
  /** The global switch. */
  readonly enabled: boolean;
}

export interface DeviceCode {
  readonly code: string;
  readonly url: string;
  /** For so long from when it was shown. */
  readonly minutes: number;
}

export type Modal =
  | { readonly kind: "help"; readonly top: number }
  | { readonly kind: "palette"; readonly text: string; readonly at: number }
  | { readonly kind: "filters"; readonly at: number; readonly draft: Omit<SearchFilters, "repos"> }
  | {
      readonly kind: "commits";
      readonly repoId: string;
      readonly at: number;
      readonly commits: readonly IndexedCommit[] | null;
    }
  | {
      readonly kind: "cloud";
      readonly at: number;
      readonly endpoint: string;
      readonly key: string;
      readonly device: DeviceCode | null;
      /** What is being waited for. */
      readonly busy: string | null;
    }
  | { readonly kind: "log"; readonly top: number }
  | { readonly kind: "confirm"; readonly question: string; readonly goal: "quit" | "sign-out" };

export interface Said {
  readonly tone: "info" | "error";
  readonly text: string;
}

export interface UiState {
  readonly width: number;
  readonly height: number;
  readonly focus: Pane;
  readonly modal: Modal | null;
  readonly repos: readonly RepoItem[];
  /** `repos` is known. */
  readonly loaded: boolean;
  readonly sync: Readonly<Record<string, RepoSync>>;
  /** Bytes of the index; null: none. */
  readonly sizes: Readonly<Record<string, number | null>>;
  readonly repoAt: number;
  readonly query: string;
  readonly filters: SearchFilters;
  /** Of the newest question; an answer with another number is out of date. */
  readonly generation: number;
  readonly searching: boolean;
  readonly results: readonly SearchHit[];
  /** The question that `results` answer; null: none. */
  readonly answered: string | null;
  /** Of the question that `results` answer, its generation. */
  readonly answeredGeneration: number;
  /** Results that were asked for last. */
  readonly limit: number;
  readonly warnings: readonly string[];
  readonly tookMs: number | null;
  readonly resultAt: number;
  readonly preview: CodePreview | null;
  /** Lines that the preview is scrolled by, from where it began. */
  readonly previewBy: number;
  readonly explain: boolean;
  readonly jobs: readonly Job[];
  /** Id of the job that began last. */
  readonly lastJob: number;
  /** The indexes follow their folders while the screen is open. */
  readonly watching: boolean;
  /** What that did last, in a few words. */
  readonly watched: string | null;
  /** The terminal has not said that another window is in front of it. */
  readonly inFront: boolean;
  readonly cloud: Cloud;
  readonly message: Said | null;
  readonly log: readonly string[];
  /** The editor has the screen. */
  readonly away: boolean;
}

export const NO_FILTERS: SearchFilters = { mode: "hybrid", path: "", lang: "", ref: "", repos: [] };

export function initialState(size: { readonly width: number; readonly height: number }): UiState {
  return {
    ...size,
    focus: "search",
    modal: null,
    repos: [],
    loaded: false,
    sync: {},
    sizes: {},
    repoAt: 0,
    query: "",
    filters: NO_FILTERS,
    generation: 0,
    searching: false,
    results: [],
    answered: null,
    answeredGeneration: 0,
    limit: 0,
    warnings: [],
    tookMs: null,
    resultAt: 0,
    preview: null,
    previewBy: 0,
    explain: false,
    jobs: [],
    lastJob: 0,
    watching: false,
    watched: null,
    inFront: true,
    cloud: { signedIn: false, endpoint: "", userId: "", enabled: true },
    message: null,
    log: [],
    away: false,
  };
}

export const selectedHit = (state: UiState): SearchHit | undefined => state.results[state.resultAt];

/** The repository that a command is about: the one in the list, or the one of the selected result. */
export function selectedRepo(state: UiState): RepoItem | undefined {
  const hit = state.focus === "repos" ? undefined : selectedHit(state);
  return hit ? state.repos.find(({ id }) => id === hit.repoId) : state.repos[state.repoAt];
}

/** Names a result among all that were ever shown. */
export const keyOfHit = ({ repoId, commit, path, startLine }: SearchHit): string =>
  `${repoId}@${commit}:${path}:${startLine}`;
