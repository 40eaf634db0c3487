/** What happens to the full screen, and what it wants done: data in both directions. */
import type { IndexedCommit } from "../../protocol/browse-api.ts";
import type { SearchHit, SearchResponse } from "../../protocol/search-api.ts";
import type { WatchRun } from "../../porcelain/watch/watched-repo.ts";
import type {
  Cloud,
  DeviceCode,
  SearchFilters,
  JobKind,
  JobStep,
  CodePreview,
  LocalLook,
  RepoItem,
  RepoSync,
  UiState,
} from "./state.ts";

export type UiEvent =
  /** @param text what the key types; empty: nothing */
  | { readonly kind: "key"; readonly key: string; readonly text: string }
  | { readonly kind: "paste"; readonly text: string }
  | { readonly kind: "query"; readonly text: string }
  | { readonly kind: "click" | "double-click"; readonly x: number; readonly y: number }
  | { readonly kind: "wheel"; readonly x: number; readonly y: number; readonly by: number }
  | { readonly kind: "resize"; readonly width: number; readonly height: number }
  | { readonly kind: "action"; readonly id: string }
  | { readonly kind: "repos"; readonly repos: readonly RepoItem[] }
  | { readonly kind: "sizes"; readonly sizes: Readonly<Record<string, number | null>> }
  | { readonly kind: "looked"; readonly look: LocalLook }
  /** Nothing was looked at for a while. */
  | { readonly kind: "idle" }
  /** The terminal came to the front, or left it. */
  | { readonly kind: "front"; readonly on: boolean }
  | { readonly kind: "watched"; readonly run: WatchRun }
  | { readonly kind: "watch-failed"; readonly problem: string }
  | { readonly kind: "sync"; readonly repoId: string; readonly sync: RepoSync }
  | { readonly kind: "cloud"; readonly cloud: Cloud }
  | { readonly kind: "found"; readonly generation: number; readonly response: SearchResponse; readonly ms: number }
  | { readonly kind: "not-found"; readonly generation: number; readonly problem: string }
  | { readonly kind: "preview"; readonly preview: CodePreview }
  | { readonly kind: "job-step"; readonly id: number; readonly step: JobStep }
  | { readonly kind: "job-end"; readonly id: number; readonly text: string; readonly failed: boolean }
  | { readonly kind: "commits"; readonly repoId: string; readonly commits: readonly IndexedCommit[] }
  | { readonly kind: "device"; readonly device: DeviceCode }
  | { readonly kind: "signed-in"; readonly text: string }
  | { readonly kind: "sign-in-failed"; readonly problem: string }
  | { readonly kind: "said"; readonly text: string }
  | { readonly kind: "failed"; readonly problem: string }
  | { readonly kind: "logged"; readonly line: string }
  | { readonly kind: "away"; readonly away: boolean };

export interface AskedSearch {
  /** The same as before: more of the same answer, or why each result ranks where it does. */
  readonly generation: number;
  readonly query: string;
  readonly filters: SearchFilters;
  readonly limit: number;
  readonly explain: boolean;
}

export type UiEffect =
  | ({ readonly kind: "search" } & AskedSearch)
  /** @param after ms; a later one takes its place */
  | { readonly kind: "preview"; readonly hit: SearchHit; readonly after: number }
  | { readonly kind: "load-repos" }
  /** At this machine alone. @param repoIds null: all */
  | { readonly kind: "look"; readonly repoIds: readonly string[] | null }
  | { readonly kind: "watch"; readonly on: boolean }
  /** The only one that asks the cloud how repositories stand. */
  | { readonly kind: "load-sync"; readonly repoIds: readonly string[] }
  | { readonly kind: "job"; readonly id: number; readonly job: JobKind; readonly repoId: string }
  | { readonly kind: "cancel"; readonly id: number }
  | { readonly kind: "load-commits"; readonly repoId: string }
  | { readonly kind: "edit"; readonly folder: string; readonly path: string; readonly line: number }
  | { readonly kind: "copy"; readonly text: string }
  | { readonly kind: "sign-in"; readonly endpoint: string; readonly key: string }
  | { readonly kind: "sign-in-github"; readonly endpoint: string }
  | { readonly kind: "stop-sign-in" }
  | { readonly kind: "sign-out" }
  /** @param repoId null: the global switch */
  | { readonly kind: "switch-cloud"; readonly repoId: string | null; readonly enabled: boolean }
  | { readonly kind: "redraw" }
  | { readonly kind: "suspend" }
  | { readonly kind: "quit" };

/** The next state, and what is to be done. */
export interface UiStep {
  readonly state: UiState;
  readonly effects: readonly UiEffect[];
}
