/**
 * Sign-in with GitHub for a machine without a browser of its own: the server begins at GitHub, the person types a code in there,
 * and the server gives a key for the person's space. GitHub's token never comes here.
 */
import type { Home } from "../../home/home.ts";
import type { WhoAmI } from "../../protocol/cloud-api.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import {
  AUTH_INFO,
  type AuthInfo,
  DEVICE_ANSWER,
  DEVICE_STARTED,
  type DeviceStarted,
} from "../../protocol/identity-api.ts";
import { checkEndpoint } from "../../remote/endpoint.ts";
import { callApi, whoAmI } from "../../remote/remote-client.ts";
import type { RemoteOptions } from "../../remote/http-client.ts";
import { sleepFor } from "../../store/repeat.ts";

/** What the key is to be; what is absent is the server's choice. */
export interface WantedKey {
  readonly label?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  /** A day, or a time. */
  readonly expires?: string | undefined;
  /** Id of the space; absent: the person's own, else their first. */
  readonly space?: string | undefined;
  /** Token of an invitation, accepted with the sign-in. */
  readonly invitation?: string | undefined;
}

interface Where {
  readonly home: Home;
  readonly endpoint: string;
  readonly signal?: AbortSignal | undefined;
}

/** How one signs in to a server. A server of before sign-in has API keys only. */
export async function fetchAuth({ home, endpoint, signal }: Where): Promise<AuthInfo> {
  const cloud = withoutKey(home, endpoint);
  try {
    return await callApi({ cloud, signal, path: "/v1/auth", answer: AUTH_INFO });
  } catch (error) {
    if (error instanceof RepobaseError && (error.code === "unauthorized" || error.code === "not_found"))
      return { github: null, signUp: "closed" };
    throw error;
  }
}

/**
 * The key is kept as soon as it is here; then the server is asked whose it is.
 * @param of.onCode told what the person has to type in, and where
 * @throws RepobaseError `unauthorized` when the code has expired, `forbidden` when the person declined or the server takes no new ones
 */
export async function deviceLogin(
  of: Where & {
    readonly wanted: WantedKey;
    readonly onCode: (started: DeviceStarted) => void;
    readonly sleep?: typeof sleepFor;
    readonly now?: () => number;
  },
): Promise<WhoAmI & { readonly endpoint: string; readonly login: string }> {
  const { home, endpoint, signal, wanted, sleep = sleepFor, now = Date.now } = of;
  const cloud = withoutKey(home, endpoint);
  const post = { cloud, signal, method: "POST" } as const;
  const started = await callApi({ ...post, path: "/v1/auth/device", body: {}, answer: DEVICE_STARTED });
  of.onCode(started);
  const { deviceToken, expiresIn } = started;
  const ends = now() + expiresIn * 1000;
  for (let { interval } = started; ;) {
    await sleep(interval * 1000, signal);
    const answer = await askOnce({ ...post, body: { deviceToken, ...wanted } });
    if (answer && "apiKey" in answer) {
      const { apiKey, userId, login } = answer;
      // shown this once, and the code is used up: kept before anything else can fail
      await home.saveCloud({ userId, apiKey, endpoint: cloud.endpoint, enabled: true });
      return { ...(await whoAmI({ ...cloud, apiKey }, signal)), endpoint: cloud.endpoint, login };
    }
    if (now() > ends) throw new RepobaseError("unauthorized", "nobody typed the code in", { hint: "start again" });
    interval = answer?.interval ?? interval;
  }
}

/** undefined: the server could not be reached. The next question is a while off: two at once may cost the code. */
async function askOnce(call: { cloud: RemoteOptions; signal: AbortSignal | undefined; method: "POST"; body: object }) {
  try {
    return await callApi({ ...call, path: "/v1/auth/device/token", answer: DEVICE_ANSWER, retry: { totalMs: 0 } });
  } catch (error) {
    if (isRepobaseError(error, "transient")) return undefined;
    throw error;
  }
}

function withoutKey(home: Home, endpoint: string): RemoteOptions {
  const settings = home.remoteSettings();
  return { ...settings, endpoint: checkEndpoint(endpoint, settings), apiKey: "" };
}
