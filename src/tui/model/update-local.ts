/**
 * What changes on this machine beside the screen: repositories come and go, folders change, a watch indexes them. Looking at that asks
 * no server; the cloud is asked about a repository again only when there is something new to compare. Pure.
 */
import { logged, say } from "./said.ts";
import type { UiEvent, UiStep } from "./events.ts";
import type { LocalLook, RepoItem, UiState } from "./state.ts";

const step = (state: UiState, ...effects: UiStep["effects"]): UiStep => ({ state, effects });

export function updateLocal(
  state: UiState,
  event: Extract<UiEvent, { kind: "looked" | "idle" | "front" | "watched" | "watch-failed" }>,
): UiStep {
  switch (event.kind) {
    case "looked":
      return takeLook(state, event.look);
    case "idle":
      return state.inFront && state.jobs.length === 0 && !state.searching ? lookAtAll(state) : step(state);
    case "front":
      return event.on ? lookAtAll({ ...state, inFront: true }) : step({ ...state, inFront: false });
    case "watched":
      return takeRun(state, event.run);
    case "watch-failed":
      return step({
        ...logged(say(state, `folders are followed no more: ${event.problem}`, "error"), event.problem),
        watching: false,
      });
  }
}

const lookAtAll = (state: UiState): UiStep => step(state, { kind: "look", repoIds: null });

/** The selection stays on its repository. */
export function withRepos(state: UiState, repos: readonly RepoItem[]): UiState {
  const selected = state.repos[state.repoAt]?.id;
  const repoAt = Math.max(
    0,
    repos.findIndex(({ id }) => id === selected),
  );
  return { ...state, repos, repoAt, loaded: true };
}

function takeLook(state: UiState, { repos, cloud, stale, sizes }: LocalLook): UiStep {
  const sync = Object.fromEntries(
    Object.entries(state.sync).map(([id, each]) => [id, { ...each, stale: stale[id] ?? each.stale }]),
  );
  const next: UiState = { ...withRepos(state, repos), cloud, sync, sizes: { ...state.sizes, ...sizes } };
  const toCompare = repos.filter((repo) => isOther(state, repo)).map(({ id }) => id);
  return step(next, ...(toCompare.length === 0 ? [] : [{ kind: "load-sync", repoIds: toCompare } as const]));
}

/** New here, switched, or another commit was indexed: what was compared before says nothing of it. */
function isOther({ repos }: UiState, repo: RepoItem): boolean {
  const before = repos.find(({ id }) => id === repo.id);
  return before?.commit !== repo.commit || before.cloudEnabled !== repo.cloudEnabled;
}

function takeRun(state: UiState, run: Extract<UiEvent, { kind: "watched" }>["run"]): UiStep {
  if (!run.changed) return step(state);
  const name = state.repos.find(({ id }) => id === run.repo)?.name ?? run.repo;
  const what = run.files === 0 ? "follows" : `${run.files} file${run.files === 1 ? "" : "s"}`;
  const watched = `${name}: ${what}, ${run.ms} ms`;
  return step({ ...logged(state, `watch: ${watched}`), watched }, { kind: "look", repoIds: [run.repo] });
}
