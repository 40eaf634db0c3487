/** The API's JSON calls, and the bucket as an ObjectStore: both over the one HTTP client. */
import { REMOTE_REPOS, type RemoteRepo, WHO_AM_I, type WhoAmI } from "../protocol/cloud-api.ts";
import { decodeDocument, type DocumentType } from "../protocol/decode.ts";
import { isRepobaseError } from "../protocol/errors.ts";
import type { StreamEvent } from "../protocol/event-stream.ts";
import { repeat, type RetryOptions } from "../store/repeat.ts";
import { version } from "../version.ts";
import { malformed } from "./answer.ts";
import { DEFAULT_STALL_MS, HttpClient, type RemoteOptions } from "./http-client.ts";
import { RemoteStore } from "./remote-store.ts";

/**
 * One JSON call. It is repeated when it fails for a passing reason, for about as long as a silent server is waited for: all of
 * our calls may be carried out twice, but for those that give a `retry` of no time.
 * @throws RepobaseError with the server's code; `transient` when it cannot be reached, or answers what `answer` is not
 */
export async function callApi<T>(options: {
  cloud: RemoteOptions;
  path: string;
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** What a right answer is. */
  answer: DocumentType<T>;
  retry?: RetryOptions;
  signal?: AbortSignal | undefined;
}): Promise<T> {
  const { cloud, path, method = "GET", body, signal, retry } = options;
  const http = new HttpClient({ userAgent: USER_AGENT, ...cloud });
  const call = {
    method,
    path,
    signal,
    ...(body !== undefined && {
      headers: { "content-type": "application/json", ...options.headers },
      body: new TextEncoder().encode(JSON.stringify(body)),
    }),
  };
  const attempt = async () => {
    const { bytes } = await http.send(call);
    try {
      return decodeDocument(options.answer, bytes, http.endpoint + path);
    } catch (error) {
      if (isRepobaseError(error, "transient")) throw malformed(error.message, error.hint);
      throw error;
    }
  };
  return repeat(attempt, { totalMs: Math.max(MIN_TOTAL_MS, cloud.stallMs ?? DEFAULT_STALL_MS), ...retry }, signal);
}

/**
 * One call whose answer is a stream of events. It is not repeated.
 * @throws RepobaseError as `HttpClient.events`
 */
export function callForEvents(of: {
  cloud: RemoteOptions;
  path: string;
  body: unknown;
  signal?: AbortSignal | undefined;
}): AsyncGenerator<StreamEvent> {
  const { cloud, path, body, signal } = of;
  return new HttpClient({ userAgent: USER_AGENT, ...cloud }).events({
    method: "POST",
    path,
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: new TextEncoder().encode(JSON.stringify(body)),
    signal,
  });
}

/** However soon a silent server is given up, one that is busy is asked again for so long. */
const MIN_TOTAL_MS = 5000;

const USER_AGENT = `repobase/${version}`;

export const whoAmI = (cloud: RemoteOptions, signal?: AbortSignal): Promise<WhoAmI> =>
  callApi({ cloud, path: "/v1/whoami", answer: WHO_AM_I, signal });

export async function listRemoteRepos(cloud: RemoteOptions, signal?: AbortSignal): Promise<readonly RemoteRepo[]> {
  return (await callApi({ cloud, path: "/v1/repos", answer: REMOTE_REPOS, signal })).repos;
}

/** The user's part of the bucket; bare, for callers that count and repeat requests themselves. */
export const openRemoteStore = (cloud: RemoteOptions, signal?: AbortSignal): RemoteStore =>
  new RemoteStore({ userAgent: USER_AGENT, ...cloud, signal });
