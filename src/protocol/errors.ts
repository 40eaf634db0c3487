/**
 * The closed set of errors. One table maps a code to its HTTP status, its exit code and its meaning; docs/ERRORS.md and the
 * exit codes in every command's help are made from it (`bun scripts/errors-doc.ts --write`). main.ts and the server's error
 * handler are the only readers of the numbers. Codes are never reused or renamed.
 */

/** Exit code -> the word in help, and the meaning where the word does not say it all. */
export const EXIT_CODES = {
  0: { word: "ok" },
  1: { word: "failure" },
  2: { word: "usage" },
  3: { word: "partial", meaning: "some of several repositories failed" },
  4: { word: "problems", meaning: "`doctor` found something that is wrong" },
  10: { word: "missing" },
  11: { word: "remote moved", meaning: "by somebody else" },
  12: { word: "auth", meaning: "no key, a wrong one, or one that may not do this" },
  13: { word: "integrity", meaning: "something is damaged or missing" },
  14: { word: "format too new", meaning: "or a model that is not here" },
  20: { word: "transient", meaning: "try again" },
  21: { word: "rate limited" },
  28: { word: "no space", meaning: "the disk is full, or the quota on the server is used up" },
  130: { word: "SIGINT" },
  143: { word: "SIGTERM" },
} as const satisfies Record<number, { word: string; meaning?: string }>;

/** In docs/ERRORS.md each code has an anchor of its name. */
export const ERROR_TABLE = {
  failure: { http: 500, exit: 1, meaning: "anything not foreseen" },
  usage: { http: 400, exit: 2, meaning: "words, flags, names or bodies that mean nothing" },
  partial: { http: 207, exit: 3, meaning: "some of several repositories failed; each failure was said" },
  problems_found: {
    http: 500,
    exit: 4,
    meaning: "`doctor` found something that is wrong; each is said with what mends it",
  },
  not_found: { http: 404, exit: 10, meaning: "no such file, object, folder or model" },
  repo_not_found: { http: 404, exit: 10, meaning: "no such repository, here or there" },
  ref_not_found: { http: 404, exit: 10, meaning: "no such branch or commit in the index, or on the git remote" },
  not_a_repository: { http: 404, exit: 10, meaning: "the address is no git repository" },
  not_enabled: { http: 403, exit: 1, meaning: "the repository must not leave the machine: `repobase cloud enable`" },
  not_configured: { http: 400, exit: 10, meaning: "not signed in, or sync is switched off" },
  remote_moved: {
    http: 412,
    exit: 11,
    meaning: "the ref is not what it was, or an index of another model would be replaced",
  },
  exists: { http: 409, exit: 11, meaning: "something else is at that name" },
  in_use: {
    http: 409,
    exit: 11,
    meaning: "the object is named by the current manifest; the model is the one of a repository",
  },
  unauthorized: { http: 401, exit: 12, meaning: "no key, a wrong one, or a private repository" },
  forbidden: { http: 403, exit: 12, meaning: "another user's id, or a key that may only read" },
  hash_mismatch: { http: 422, exit: 13, meaning: "bytes that do not have their sha256" },
  corrupt_index: { http: 500, exit: 13, meaning: "a file, manifest or snapshot that is damaged, foreign or gone" },
  missing_objects: { http: 409, exit: 13, meaning: "a ref may not move: what it would name is not all there (S1)" },
  unsupported_format: { http: 501, exit: 14, meaning: "a newer format, or an encoding this version does not know" },
  model_unavailable: { http: 422, exit: 14, meaning: "the index's embedding model cannot be run here" },
  length_required: { http: 411, exit: 2, meaning: "a body without Content-Length" },
  range_not_satisfiable: { http: 416, exit: 2, meaning: "the bytes or lines asked for begin past the end" },
  too_large: { http: 413, exit: 1, meaning: "a body, or an object or tree of a git repository, over the limit" },
  quota_exceeded: {
    http: 413,
    exit: 28,
    meaning:
      "the user may keep no more on this server; `quota` says of what (repos, files, bytes), with `used` and `limit`",
  },
  transient: { http: 503, exit: 20, meaning: "network or server trouble" },
  busy: { http: 503, exit: 20, meaning: "another process works on the same repository" },
  rate_limited: { http: 429, exit: 21, meaning: "too many requests; Retry-After says when" },
  no_space: { http: 507, exit: 28, meaning: "the disk is full" },
  damaged_repository: {
    http: 500,
    exit: 13,
    meaning: "an object, pack, ref or index of the git repository is damaged: `git fsck` says more",
  },
  damaged_config: {
    http: 500,
    exit: 13,
    meaning: "`config.json`, `cloud.json` or a record of the server is damaged; the message names the field",
  },
  untrusted_certificate: {
    http: 502,
    exit: 1,
    meaning: "the TLS certificate of a server is not trusted here, is out of date or has another name",
  },
  refused_remote: {
    http: 502,
    exit: 1,
    meaning:
      "a git server asked for what is not done: write outside the clone, follow an unsafe redirect, take a list without end",
  },
  model_failed: {
    http: 502,
    exit: 1,
    meaning: "the endpoint of the chat model refused the key or the question, or its answer is none",
  },
  unsupported_remote: { http: 502, exit: 1, meaning: "the git server cannot do what a clone needs (shallow clones)" },
  not_a_server: {
    http: 502,
    exit: 1,
    meaning: "the answer is not a Repobase server's: a wrong address, or a proxy on the way",
  },
  io_error: { http: 500, exit: 1, meaning: "the operating system cannot read or write a file; the message says which" },
  home_unwritable: { http: 500, exit: 1, meaning: "the home folder cannot be read or written" },
  cannot_listen: {
    http: 500,
    exit: 1,
    meaning: "`serve` cannot listen there: the port is taken, or the address is not this machine's",
  },
  interrupted: { http: 499, exit: 130, meaning: "stopped by a signal; run the same command again to go on" },
} as const satisfies Record<string, { http: number; exit: keyof typeof EXIT_CODES; meaning: string }>;

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
