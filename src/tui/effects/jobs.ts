/** Push, pull and index of one repository, as their commands do it: with progress, and an AbortController to cancel each. */
import { describeIndexResult } from "../../commands/describe-index.ts";
import { describePull, describePush } from "../../commands/describe-sync.ts";
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { Pacer, type ProgressStep } from "../../report/progress.ts";
import { measured } from "../../report/progress-text.ts";
import type { JobKind, JobStep } from "../model/state.ts";

interface Around {
  readonly home: Home;
  readonly repo: RepoConfig;
  readonly onStep: (step: JobStep) => void;
  readonly onWarning: (text: string) => void;
  readonly signal: AbortSignal;
}

/** A screen shows no more a second. */
const STEP_MS = 80;

/** @returns what was done, in a line @throws what the porcelain throws */
export async function runJob(kind: JobKind, of: Around): Promise<string> {
  const { home, repo, signal, onWarning } = of;
  const around = { home, repo, signal, onProgress: stepper(of.onStep) };
  const text = await {
    async push() {
      const { pushRepository } = await import("../../porcelain/sync/push-repo.ts");
      return describePush(await pushRepository({ ...around, worktree: false }));
    },
    async pull() {
      const { pullRepository } = await import("../../porcelain/sync/pull-repo.ts");
      const target = { id: repo.id, name: repo.name, url: repo.source.url ?? null };
      return describePull(await pullRepository({ ...around, target, force: false }));
    },
    async index() {
      const { indexRepository } = await import("../../porcelain/indexing/index-repo.ts");
      return describeIndexResult(await indexRepository({ ...around, model: null, maxFileBytes: null, onWarning }));
    },
  }[kind]();
  return text.split("\n")[0] ?? "";
}

/** Adds how fast a step goes, and leaves out what nobody could read. */
function stepper(onStep: Around["onStep"]) {
  const pacer = new Pacer();
  let [label, shown] = ["", 0];
  return (step: ProgressStep): void => {
    const now = performance.now();
    const pace = pacer.pace(step, now);
    if (step.label === label && now - shown < STEP_MS) return;
    [label, shown] = [step.label, now];
    onStep({ label, ...measured(step), pace });
  };
}
