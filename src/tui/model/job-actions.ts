/** Push, pull, index and watch: how they begin and end. Pure. */
import type { UiEffect, UiStep } from "./events.ts";
import { say } from "./said.ts";
import { type JobKind, selectedRepo, type UiState } from "./state.ts";

const step = (state: UiState, ...effects: UiEffect[]): UiStep => ({ state, effects });

export function startJob(state: UiState, kind: JobKind): UiStep | undefined {
  const repo = selectedRepo(state);
  if (!repo) return undefined;
  const running = state.jobs.find(({ repoId }) => repoId === repo.id);
  if (running) return step(say(state, `${running.kind} of ${repo.name} still runs; c cancels it`, "error"));
  const id = state.lastJob + 1;
  const job = { id, kind, repoId: repo.id, cancelling: false, step: null };
  return step(
    { ...state, jobs: [...state.jobs, job], lastJob: id, message: null },
    { kind: "job", id, job: kind, repoId: repo.id },
  );
}

/** The one of the selected repository; else the one that began first. */
export function cancelJob(state: UiState): UiStep | undefined {
  const repo = selectedRepo(state);
  const open = state.jobs.filter(({ cancelling }) => !cancelling);
  const job = open.find(({ repoId }) => repoId === repo?.id) ?? open[0];
  if (!job) return step(say(state, "nothing runs"));
  const jobs = state.jobs.map((each) => (each.id === job.id ? { ...each, cancelling: true } : each));
  return step({ ...state, jobs }, { kind: "cancel", id: job.id });
}

export function toggleWatch(state: UiState): UiStep {
  const watching = !state.watching;
  const text = watching ? "the indexes follow their folders; w ends that" : "the indexes follow their folders no more";
  return step({ ...say(state, text), watching, watched: null }, { kind: "watch", on: watching });
}
