/** What a server tells its operator of a request that failed for no fault of the caller. */
import { ERROR_TABLE, isRepobaseError } from "../protocol/errors.ts";

export interface Failure {
  readonly error: unknown;
  readonly method: string;
  /** Without the query, which may quote private code. */
  readonly path: string;
}

/** Is it the operator's business? The answer is then 500 or more. */
export const isServerFailure = (error: unknown): boolean =>
  !isRepobaseError(error) || ERROR_TABLE[error.code].http >= 500;

/**
 * One line: method, path, HTTP status, code, message; with `stack`, where the error and its causes come from, on lines of their own.
 */
export function describeFailure({ error, method, path }: Failure, options: { readonly stack: boolean }): string {
  const code = isRepobaseError(error) ? error.code : "failure";
  const message = (error instanceof Error ? error.message : String(error)).split("\n")[0];
  const line = `${method} ${path}: ${ERROR_TABLE[code].http} ${code}: ${message}`;
  return options.stack ? [line, ...stacksOf(error)].join("\n") : line;
}

function stacksOf(error: unknown): string[] {
  const stacks: string[] = [];
  for (let at = error; at instanceof Error && stacks.length < 10; at = at.cause) stacks.push(at.stack ?? at.message);
  return stacks;
}
