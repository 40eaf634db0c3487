/** An error as a person needs it: what failed, what to do, and a button to try again once that makes sense. */
import { useEffect, useState } from "preact/hooks";
import type { PageProblem } from "../problem.ts";

export function ProblemNote({ problem, again }: { problem: PageProblem; again?: () => void }) {
  const left = useSecondsLeft(problem);
  const { hint } = problem.of;
  return (
    <div class="note error" role="alert">
      <p>
        <strong>{sentence(problem.message)}</strong>
        {hint === undefined ? null : ` ${sentence(hint)}`}
      </p>
      {again && problem.code !== "usage" ? (
        <button type="button" disabled={left > 0} onClick={again}>
          {left > 0 ? `Try again in ${left} s` : "Try again"}
        </button>
      ) : null}
    </div>
  );
}

/** Counts down from the server's `Retry-After`. */
function useSecondsLeft(problem: PageProblem): number {
  const [left, setLeft] = useState(problem.of.retryAfter ?? 0);
  useEffect(() => {
    setLeft(problem.of.retryAfter ?? 0);
    const timer = setInterval(() => setLeft((now) => Math.max(0, now - 1)), 1000);
    return () => clearInterval(timer);
  }, [problem]);
  return left;
}

/** Messages begin in lower case and have no full stop. */
export const sentence = (text: string): string =>
  text === "" ? "" : `${text[0]?.toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? "" : "."}`;
