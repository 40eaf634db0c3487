/** Entry point of the thread that pushes, pulls, indexes and watches for the full screen; see job-client.ts. */
import type { Environment } from "../../home/env.ts";
import { Home } from "../../home/home.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { WatchRun } from "../../porcelain/watch/watched-repo.ts";
import { captureOutput } from "../capture-output.ts";
import type { JobKind, JobStep } from "../model/state.ts";
import { runJob } from "./jobs.ts";
import { reposHere } from "./repo-state.ts";
import { answerCalls, type CallAround } from "./thread-answers.ts";
import type { ThreadAnswer } from "./thread-caller.ts";

/** The first message. */
export interface JobStart {
  readonly env: Environment;
  readonly cwd: string;
}

export type JobNews = { readonly step: JobStep } | { readonly warning: string } | { readonly run: WatchRun };

declare const self: Worker;

captureOutput((line) => self.postMessage({ line } satisfies ThreadAnswer, []));
answerCalls(self, ({ env, cwd }: JobStart) => {
  const home = Home.open(env);
  return {
    /** @returns what was done, in a line */
    job({ kind, repoId }: { kind: JobKind; repoId: string }, { signal, tell }: CallAround): Promise<string> {
      const repo = reposHere(home, cwd).find((each) => each.id === repoId);
      if (!repo) throw new RepobaseError("repo_not_found", `"${repoId}" is no longer registered`);
      const onStep = (step: JobStep) => tell({ step } satisfies JobNews);
      return runJob(kind, {
        home,
        repo,
        signal,
        onStep,
        onWarning: warner(tell),
      });
    },
    /** Ends when it is cancelled. */
    async watch(_: null, { signal, tell }: CallAround): Promise<void> {
      const { followFolders } = await import("../../porcelain/watch/follow-folders.ts");
      const onRun = (run: WatchRun) => tell({ run } satisfies JobNews);
      await followFolders({
        home,
        poll: false,
        threads: null,
        signal,
        onRun,
        onWarning: warner(tell),
      });
    },
  };
});

const warner =
  (tell: CallAround["tell"]) =>
  (warning: string): void =>
    tell({ warning } satisfies JobNews);
