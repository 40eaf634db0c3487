/**
 * The closed set of errors. One table maps a code to its HTTP status, its exit code and its place in docs/ERRORS.md;
 * main.ts and the Worker's error handler are the only readers of the numbers. Codes are never reused or renamed.
 */
export const ERROR_TABLE = {
  failure: { http: 500, exit: 1 },
  usage: { http: 400, exit: 2 },
  partial: { http: 207, exit: 3 },
  not_found: { http: 404, exit: 10 },
  repo_not_found: { http: 404, exit: 10 },
  ref_not_found: { http: 404, exit: 10 },
  not_a_repository: { http: 404, exit: 10 },
  not_enabled: { http: 403, exit: 1 },
  not_configured: { http: 400, exit: 10 },
  remote_moved: { http: 412, exit: 11 },
  exists: { http: 409, exit: 11 },
  in_use: { http: 409, exit: 11 },
  unauthorized: { http: 401, exit: 12 },
  forbidden: { http: 403, exit: 12 },
  hash_mismatch: { http: 422, exit: 13 },
  corrupt_index: { http: 500, exit: 13 },
  missing_objects: { http: 409, exit: 13 },
  unsupported_format: { http: 501, exit: 14 },
  model_unavailable: { http: 422, exit: 14 },
  length_required: { http: 411, exit: 2 },
  range_not_satisfiable: { http: 416, exit: 2 },
  too_large: { http: 413, exit: 1 },
  transient: { http: 503, exit: 20 },
  busy: { http: 503, exit: 20 },
  rate_limited: { http: 429, exit: 21 },
  no_space: { http: 507, exit: 28 },
  damaged_config: { http: 500, exit: 13 },
  home_unwritable: { http: 500, exit: 1 },
  cannot_listen: { http: 500, exit: 1 },
  interrupted: { http: 499, exit: 130 },
} as const satisfies Record<string, { http: number; exit: number }>;

export type ErrorCode = keyof typeof ERROR_TABLE;

export interface ErrorOptions {
  /** What to do next, one sentence. */
  readonly hint?: string | undefined;
  /** Typed facts for `--json` and problem+json. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** Message: lower-case start, what failed first, the subject in quotes, no full stop. */
export class RepobaseError extends Error {
  override readonly name = "RepobaseError";
  readonly hint?: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
  constructor(
    readonly code: ErrorCode,
    message: string,
    options: ErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
    this.fields = options.fields ?? {};
  }
}

/** The one guard: is `error` ours, and (when codes are given) one of these? */
export function isRepobaseError(error: unknown, ...codes: ErrorCode[]): error is RepobaseError {
  return error instanceof RepobaseError && (codes.length === 0 || codes.includes(error.code));
}
