/** Errors on their way from one thread to another, as plain data. */
import { ERROR_TABLE, type ErrorCode, isRepobaseError, RepobaseError } from "../../protocol/errors.ts";

export interface PlainError {
  readonly code: string | null;
  readonly message: string;
  readonly hint: string | null;
}

export function plainFrom(error: unknown): PlainError {
  const message = error instanceof Error ? error.message : String(error);
  const [code, hint] = isRepobaseError(error) ? [error.code, error.hint ?? null] : [null, null];
  return { code, message, hint };
}

export const thrownFrom = ({ code, message, hint }: PlainError): RepobaseError =>
  new RepobaseError(codeOf(code), message, hint === null ? {} : { hint });

const codeOf = (code: string | null): ErrorCode =>
  code !== null && code in ERROR_TABLE ? (code as ErrorCode) : "failure";
