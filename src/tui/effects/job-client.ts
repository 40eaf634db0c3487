/** Push, pull, index and watch in a thread of their own, so that none of them holds up a key or a frame. */
import type { WatchRun } from "../../porcelain/watch/watched-repo.ts";
import type { JobKind, JobStep } from "../model/state.ts";
import type { JobNews, JobStart } from "./job-thread.ts";
import { ThreadCaller } from "./thread-caller.ts";

interface Around {
  readonly signal: AbortSignal;
  readonly onWarning: (text: string) => void;
}

export interface Jobs {
  /** @returns what was done, in a line @throws what the porcelain throws */
  run(
    of: Around & {
      readonly kind: JobKind;
      readonly repoId: string;
      readonly onStep: (step: JobStep) => void;
    },
  ): Promise<string>;
  /** The index of each folder follows it until the signal is aborted. @throws what `followFolders` throws */
  watch(of: Around & { readonly onRun: (run: WatchRun) => void }): Promise<void>;
}

export interface JobsThread extends Jobs {
  close(): void;
}

/** The thread ends when it has nothing left to do. */
export function startJobs(start: JobStart, onLine: (line: string) => void): JobsThread {
  const thread = new ThreadCaller(start, {
    file: "job-thread.ts",
    what: "the work",
    endsIdle: true,
    onLine,
  });
  return {
    run: ({ kind, repoId, signal, onStep, onWarning }) =>
      thread.call("job", { kind, repoId }, { signal, onNews: teller({ onStep, onWarning }) }),
    watch: ({ signal, onRun, onWarning }) =>
      thread.call("watch", null, {
        signal,
        onNews: teller({ onRun, onWarning }),
      }),
    close: () => thread.close(),
  };
}

function teller(of: {
  readonly onStep?: (step: JobStep) => void;
  readonly onRun?: (run: WatchRun) => void;
  readonly onWarning: (text: string) => void;
}) {
  return (news: JobNews): void => {
    if ("step" in news) of.onStep?.(news.step);
    else if ("run" in news) of.onRun?.(news.run);
    else of.onWarning(news.warning);
  };
}
