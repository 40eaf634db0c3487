/** A value that components watch: the place, the session, what is announced. */
import { useEffect, useState } from "preact/hooks";

export interface Observed<T> {
  readonly value: T;
  set(value: T): void;
  /** @returns how to stop */
  watch(tell: (value: T) => void): () => void;
}

export function observed<T>(first: T): Observed<T> {
  let value = first;
  const watchers = new Set<(value: T) => void>();
  return {
    get value() {
      return value;
    },
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const tell of watchers) tell(next);
    },
    watch(tell) {
      watchers.add(tell);
      return () => watchers.delete(tell);
    },
  };
}

export function useObserved<T>(of: Observed<T>): T {
  const [value, setValue] = useState(of.value);
  useEffect(() => {
    setValue(() => of.value);
    return of.watch((next) => setValue(() => next));
  }, [of]);
  return value;
}
