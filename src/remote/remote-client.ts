/** The connection to the server this home is signed in to: the bucket as an ObjectStore, and the JSON calls beside it. */
import type { CloudConfig } from "../home/config.ts";
import type { Home } from "../home/home.ts";
import { REMOTE_REPOS, type RemoteRepo, WHO_AM_I, type WhoAmI } from "../protocol/cloud-api.ts";
import { checkDocument, type DocumentType } from "../protocol/decode.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { errorOf } from "./http-error.ts";
import { RemoteStore } from "./remote-store.ts";
import { version } from "../version.ts";

/** @throws RepobaseError `not_configured` without an endpoint and key, or when the global switch is off */
export function requireCloud(home: Home, options: { enabled: boolean } = { enabled: true }): CloudConfig {
  const cloud = home.cloud();
  if (!cloud?.endpoint || !cloud.apiKey)
    throw new RepobaseError("not_configured", "not signed in to a server", {
      hint: "sign in with: repobase cloud login",
    });
  if (options.enabled && !cloud.enabled)
    throw new RepobaseError("not_configured", "cloud sync is switched off", {
      hint: "switch it on with: repobase cloud enable --global",
    });
  return cloud;
}

/**
 * One JSON call.
 * @throws RepobaseError with the server's code; `transient` when the server cannot be reached, or answers what `answer` is not
 */
export async function callApi<T>(options: {
  cloud: Pick<CloudConfig, "endpoint" | "apiKey" | "userId">;
  path: string;
  answer: DocumentType<T>;
  method?: "GET" | "POST" | "DELETE";
  body?: unknown;
  signal?: AbortSignal | undefined;
}): Promise<T> {
  const { cloud, path } = options;
  let response: Response;
  try {
    response = await fetch(cloud.endpoint + path, {
      method: options.method ?? "GET",
      headers: {
        authorization: `Bearer ${cloud.apiKey}`,
        "user-agent": `repobase/${version}`,
        ...(cloud.userId ? { "x-user-id": cloud.userId } : {}),
        ...(options.body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: options.signal ?? null,
    });
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new RepobaseError("transient", `cannot reach "${cloud.endpoint}"`, {
      hint: "check the address and the network",
      cause,
    });
  }
  if (!response.ok) throw await errorOf(response, `${options.method ?? "GET"} ${path}`, Date.now());
  let value: unknown;
  try {
    value = await response.json();
  } catch (cause) {
    throw new RepobaseError("transient", `"${cloud.endpoint}" answered without JSON`, {
      hint: "is this the address of a Repobase server?",
      cause,
    });
  }
  return checkDocument(options.answer, value, cloud.endpoint + path);
}

export const whoAmI = (
  cloud: Pick<CloudConfig, "endpoint" | "apiKey" | "userId">,
  signal?: AbortSignal,
): Promise<WhoAmI> => callApi({ cloud, path: "/v1/whoami", answer: WHO_AM_I, signal });

export async function listRemoteRepos(cloud: CloudConfig, signal?: AbortSignal): Promise<readonly RemoteRepo[]> {
  return (await callApi({ cloud, path: "/v1/repos", answer: REMOTE_REPOS, signal })).repos;
}

/** The user's part of the bucket. */
export function openRemoteStore(cloud: CloudConfig, signal?: AbortSignal): RemoteStore {
  return new RemoteStore({
    endpoint: cloud.endpoint,
    apiKey: cloud.apiKey,
    ...(cloud.userId ? { userId: cloud.userId } : {}),
    userAgent: `repobase/${version}`,
    ...(signal ? { signal } : {}),
  });
}
