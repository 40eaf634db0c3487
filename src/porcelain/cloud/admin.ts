/** What a server's admin does: keys, and what each user may keep. By the admin token, which is asked for and never kept. */
import type { Home } from "../../home/home.ts";
import { ISSUED_KEY, LISTED_KEYS, LISTED_USERS, REVOKED_KEY } from "../../protocol/cloud-api.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { LISTED_SPACES, MADE_SPACE, type MadeSpace, ORG_NAMED } from "../../protocol/identity-api.ts";
import { checkUserId } from "../../protocol/keys.ts";
import { type QuotaChange, USER_QUOTA, type UserQuota } from "../../protocol/quota.ts";
import { checkEndpoint } from "../../remote/endpoint.ts";
import { callApi } from "../../remote/remote-client.ts";
import type { RemoteOptions } from "../../remote/http-client.ts";
import { checkKeyId } from "./own-keys.ts";

export interface Admin {
  readonly cloud: RemoteOptions;
  readonly signal: AbortSignal | undefined;
}

/**
 * @param of.endpoint undefined: of the server that this home is signed in to
 * @throws RepobaseError `not_configured` when there is none
 */
export function openAdmin(of: {
  home: Home;
  endpoint: string | undefined;
  adminToken: string;
  signal?: AbortSignal | undefined;
}): Admin {
  const settings = of.home.remoteSettings();
  const endpoint = of.endpoint || of.home.savedCloud()?.endpoint;
  if (!endpoint)
    throw new RepobaseError("not_configured", "no server is known", {
      hint: "give --endpoint, set REPOBASE_ENDPOINT, or sign in with: repobase cloud login",
    });
  return {
    cloud: { ...settings, endpoint: checkEndpoint(endpoint, settings), apiKey: of.adminToken },
    signal: of.signal,
  };
}

/** Once only: a second try after a lost answer would leave a key behind that nobody knows. */
const ONCE = { retry: { totalMs: 0 } };

export const addKey = (
  { cloud, signal }: Admin,
  key: {
    readonly userId: string;
    readonly label: string | null;
    /** undefined: reading and writing. */
    readonly scopes: readonly string[] | undefined;
    readonly expires: string | null;
  },
) => callApi({ cloud, signal, path: KEYS, method: "POST", body: key, answer: ISSUED_KEY, ...ONCE });

export const fetchKeys = ({ cloud, signal }: Admin, userId: string) =>
  callApi({ cloud, signal, path: `${KEYS}?userId=${checkUserId(userId)}`, answer: LISTED_KEYS });

export const fetchUsers = ({ cloud, signal }: Admin) => callApi({ cloud, signal, path: USERS, answer: LISTED_USERS });

/** @param id as `fetchKeys` gives it */
export function requestRevocation({ cloud, signal }: Admin, id: string) {
  return callApi({ cloud, signal, path: `${KEYS}/${checkKeyId(id)}`, method: "DELETE", answer: REVOKED_KEY });
}

/** @param of.change `default`: the server's own limits again; null: only look */
export async function userQuota(
  { cloud, signal }: Admin,
  of: { readonly userId: string; readonly change: QuotaChange | "default" | null; readonly recount: boolean },
): Promise<UserQuota> {
  const path = `${USERS}/${checkUserId(of.userId)}`;
  const call = { cloud, signal, answer: USER_QUOTA };
  const { change } = of;
  // first: it mends an account that is damaged, which could not be changed
  if (of.recount) await callApi({ ...call, path: `${path}/recount`, method: "POST" });
  if (change === "default") return callApi({ ...call, path: `${path}/quota`, method: "DELETE" });
  if (change !== null) return callApi({ ...call, path: `${path}/quota`, method: "PUT", body: change });
  return callApi({ ...call, path });
}

export const fetchSpaces = ({ cloud, signal }: Admin) =>
  callApi({ cloud, signal, path: SPACES, answer: LISTED_SPACES });

/** @param of.org a GitHub organisation whose members are let in, with `role` */
export async function addSpace(
  { cloud, signal }: Admin,
  of: { readonly id: string; readonly name: string; readonly org?: string | undefined; readonly role: string },
): Promise<MadeSpace> {
  const { id, name, org, role } = of;
  const made = await callApi({ cloud, signal, path: SPACES, method: "POST", body: { id, name }, answer: MADE_SPACE });
  if (org !== undefined) {
    const path = `${SPACES}/${checkUserId(id)}/orgs/${encodeURIComponent(org)}`;
    await callApi({ cloud, signal, path, method: "PUT", body: { role }, answer: ORG_NAMED });
  }
  return made;
}

const SPACES = "/v1/admin/spaces";
const KEYS = "/v1/admin/keys";
const USERS = "/v1/admin/users";
