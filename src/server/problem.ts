/** The one place that turns an error into HTTP: RFC 9457 problem+json with our stable code. Unknown errors say nothing of the inside. */
import type { Problem } from "../protocol/cloud-api.ts";
import { ERROR_TABLE, isRepobaseError } from "../protocol/errors.ts";
import type { ErrorCode } from "../protocol/errors.ts";

/** What a client may wait, in seconds, when nobody knows better. */
const RETRY_AFTER = 1;

export function problemResponse(error: unknown): Response {
  const problem = describe(error);
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (problem.code === "unauthorized") headers.set("www-authenticate", "Bearer");
  if (problem.status === 429 || problem.status === 503)
    headers.set("retry-after", String(problem["retryAfter"] ?? RETRY_AFTER));
  const size = problem["size"];
  if (problem.status === 416 && typeof size === "number") headers.set("content-range", `bytes */${size}`);
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

function describe(error: unknown): Problem {
  const known = isRepobaseError(error);
  const code: ErrorCode = known ? error.code : "failure";
  return {
    // facts first, so that a field can never pass for the code or the status
    ...(known ? error.fields : {}),
    type: `urn:repobase:error:${code}`,
    title: code.replaceAll("_", " "),
    status: ERROR_TABLE[code].http,
    code,
    detail: known ? error.message : "the server failed; nothing more is said here, its log knows",
    ...(known && error.hint ? { hint: error.hint } : {}),
  };
}
