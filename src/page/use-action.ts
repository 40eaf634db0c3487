/** Something a person does that the server must agree to: under way, or failed and why. */
import { useState } from "preact/hooks";
import { asProblem, type PageProblem } from "./problem.ts";

export interface Action {
  readonly busy: boolean;
  readonly problem: PageProblem | undefined;
  run(act: () => Promise<void>): void;
}

export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<PageProblem>();
  const run = async (act: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await act();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, run: (act) => void run(act) };
}

/** Changes something of the space; `said` is announced when it worked, and the space is read anew. */
export type ChangeSpace = (act: () => Promise<unknown>, said: string) => void;
