/** An error as one line: what failed, and what to do. */
import { isRepobaseError } from "../../protocol/errors.ts";
import { withRepairHint } from "../../protocol/repair-hint.ts";

export function describeProblem(thrown: unknown): string {
  const error = withRepairHint(thrown, { remote: false });
  const message = error instanceof Error ? error.message : String(error);
  return isRepobaseError(error) && error.hint !== undefined ? `${message}; ${error.hint}` : message;
}
