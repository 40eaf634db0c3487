/** What went wrong with a request, as the page says it: the server's own words where there are any, and what to do next. */
import { PROBLEM } from "../protocol/cloud-api.ts";
import { checkDocument } from "../protocol/decode.ts";
import { isRepobaseError } from "../protocol/errors.ts";

export class PageProblem extends Error {
  override readonly name = "PageProblem";
  constructor(
    /** The server's stable code, or `offline`. */
    readonly code: string,
    message: string,
    readonly of: {
      /** What to do next, one sentence. */
      readonly hint?: string;
      /** Seconds until it may be tried again. */
      readonly retryAfter?: number;
      readonly status?: number;
    } = {},
  ) {
    super(message);
  }
}

/** @param body what was answered, whatever it is */
export function problemOf(status: number, body: unknown, retryAfter: string | null): PageProblem {
  const wait = Number(retryAfter);
  const seconds = retryAfter !== null && Number.isFinite(wait) && wait > 0 ? { retryAfter: Math.ceil(wait) } : {};
  try {
    const { code, detail, hint } = checkDocument(PROBLEM, body);
    if (code !== undefined && detail !== undefined)
      return new PageProblem(code, detail, { status, ...(hint === undefined ? {} : { hint }), ...seconds });
  } catch {
    // a proxy's page: its status is all that is known
  }
  const code = status === 429 ? "rate_limited" : status >= 500 ? "transient" : "not_a_server";
  const message = status >= 500 ? `the server failed (${status})` : `the answer (${status}) is not a Repobase server's`;
  return new PageProblem(code, message, { status, ...seconds });
}

/** Whatever was thrown, as a problem; what is a fault of the page itself says so. */
export function asProblem(error: unknown): PageProblem {
  if (error instanceof PageProblem) return error;
  if (isRepobaseError(error)) return new PageProblem(error.code, error.message, error.hint ? { hint: error.hint } : {});
  return new PageProblem("failure", `the page failed: ${String(error)}`, { hint: "reload it" });
}

export const isAbort = (error: unknown): boolean => error instanceof Error && error.name === "AbortError";
