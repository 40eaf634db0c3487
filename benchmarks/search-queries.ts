/** What the benchmarks of searches ask, of any code: ten identifiers, ten questions, ten of a few words. The last half is asked of a warm process. */
export const SEARCH_QUERIES = [
  "where do we refresh tokens",
  "parse http headers",
  "openVault",
  "matchRoute",
  "retry with backoff",
  "how are errors reported to the user",
  "safeTransferFrom",
  "close the connection when idle",
  "JSON serialization of dates",
  "parseArgs",
  "debounce user input",
  "what happens when a file is too large",
  "readUtf8Line",
  "regex literal optimisation",
  "how do I add a middleware",
  "buffer pool segment",
  "handleRequest",
  "format integer to string",
  "which rules decide that a path is ignored",
  "request interceptors",
  "toString",
  "websocket upgrade",
  "where is the configuration read",
  "escapeHtml",
  "how are templates inherited",
  "getOrElse",
  "undo redo history",
  "how does the scheduler decide what runs next",
  "ThreadPool",
  "mock server for tests",
] as const;

export const median = (numbers: readonly number[]): number => share(numbers, 0.5);

/** The number below which this share of them lies. */
export const share = (numbers: readonly number[], of: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(of * numbers.length))] ?? Number.NaN;
