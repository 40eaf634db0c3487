/**
 * What an HTTP answer that is not a success means: the server's own code where the body is problem+json, else what the
 * status says. A page of a proxy or a wrong address is never taken for "no such object".
 */
import { PROBLEM, type Problem } from "../protocol/cloud-api.ts";
import { checkDocument } from "../protocol/decode.ts";
import { ERROR_TABLE, type ErrorCode, RepobaseError } from "../protocol/errors.ts";
import { type Answer, isProblem } from "./answer.ts";

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: "usage",
  401: "unauthorized",
  403: "forbidden",
  408: "transient",
  411: "length_required",
  413: "too_large",
  416: "range_not_satisfiable",
  422: "hash_mismatch",
  425: "transient",
  429: "rate_limited",
  501: "unsupported_format",
  507: "no_space",
};

/** @param what names the request in the message */
export function errorOf(answer: Answer, what: string, now: number): RepobaseError {
  const { status, headers } = answer;
  const problem = isProblem(answer) ? problemOf(answer) : {};
  const retryAfterMs = parseRetryAfter(headers.get("retry-after"), now);
  const known = typeof problem.code === "string" && Object.hasOwn(ERROR_TABLE, problem.code);
  const code = known
    ? (problem.code as ErrorCode)
    : (BY_STATUS[status] ?? (status >= 500 ? "transient" : "not_a_server"));
  const { type: _type, title: _title, status: _status, code: _code, detail, hint, ...fields } = problem;
  return new RepobaseError(code, detail ?? `${what} was answered with HTTP ${status}`, {
    hint: hint ?? (isProblem(answer) || status >= 500 ? undefined : "is this the address of a Repobase server?"),
    fields: { ...fields, status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  });
}

function problemOf({ bytes }: Answer): Partial<Problem> {
  try {
    return checkDocument(PROBLEM, JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    // a body cut off, no JSON after all, or not our kind of it: the status still says what to do
    return {};
  }
}

/** Seconds or an HTTP date -> ms from `now`, never negative; undefined when absent or neither. */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  // every HTTP date begins with the name of a day; Date.parse alone takes far more than those
  const date = /^(mon|tue|wed|thu|fri|sat|sun)/i.test(value.trim()) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
