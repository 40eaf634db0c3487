/** Loads something for a component: the answer, the problem, and whether a request is under way, which the next one ends. */
import { useEffect, useState } from "preact/hooks";
import { asProblem, isAbort, type PageProblem } from "./problem.ts";

export interface Loaded<T> {
  /** The last answer: it stays while the next one loads. */
  readonly value: T | undefined;
  readonly problem: PageProblem | undefined;
  readonly loading: boolean;
}

/**
 * @param key of what is loaded; null: nothing. Another key loads anew
 * @param delay ms to wait before asking, for what is being typed
 */
export function useLoad<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
  delay = 0,
): Loaded<T> & { again: () => void } {
  const [state, setState] = useState<Loaded<T>>({ value: undefined, problem: undefined, loading: key !== null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (key === null) {
      setState({ value: undefined, problem: undefined, loading: false });
      return undefined;
    }
    const controller = new AbortController();
    setState(({ value, problem }) => ({ value, problem, loading: true }));
    const run = async () => {
      try {
        const value = await load(controller.signal);
        if (!controller.signal.aborted) setState({ value, problem: undefined, loading: false });
      } catch (error) {
        if (isAbort(error) || controller.signal.aborted) return;
        setState(({ value }) => ({ value, problem: asProblem(error), loading: false }));
      }
    };
    const timer = setTimeout(() => void run(), delay);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [key, turn]);
  return { ...state, again: () => setTurn((now) => now + 1) };
}
