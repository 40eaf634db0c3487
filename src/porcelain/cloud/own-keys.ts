/** What a person does by their own key: the keys of their own, the spaces they are in, invitations to one. */
import { requireCloud } from "../../home/require-cloud.ts";
import type { Home } from "../../home/home.ts";
import { ISSUED_KEY, LISTED_KEYS, REVOKED_KEY } from "../../protocol/cloud-api.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { ISSUED_INVITATION, ME } from "../../protocol/identity-api.ts";
import type { RemoteOptions } from "../../remote/http-client.ts";
import { callApi } from "../../remote/remote-client.ts";

export interface Own {
  readonly cloud: RemoteOptions;
  readonly signal: AbortSignal | undefined;
}

/** @throws RepobaseError `not_configured` */
export const openOwn = (of: { readonly home: Home; readonly signal?: AbortSignal | undefined }): Own => ({
  cloud: requireCloud(of.home, { enabled: false }),
  signal: of.signal,
});

/** Once only: a second try after a lost answer would leave a key or an invitation behind that nobody knows. */
const ONCE = { retry: { totalMs: 0 } };

/** @param scopes undefined: as many as a key has by default */
export const addOwnKey = (
  { cloud, signal }: Own,
  body: {
    readonly label: string | null;
    readonly scopes?: readonly string[] | undefined;
    readonly expires: string | null;
  },
) => callApi({ cloud, signal, path: "/v1/keys", method: "POST", body, answer: ISSUED_KEY, ...ONCE });

/** @param all of everybody in the space; for its admins */
export const fetchOwnKeys = ({ cloud, signal }: Own, all: boolean) =>
  callApi({ cloud, signal, path: all ? "/v1/keys?all=1" : "/v1/keys", answer: LISTED_KEYS });

export const revokeOwnKey = ({ cloud, signal }: Own, id: string) =>
  callApi({ cloud, signal, path: `/v1/keys/${checkKeyId(id)}`, method: "DELETE", answer: REVOKED_KEY });

export const fetchMe = ({ cloud, signal }: Own) => callApi({ cloud, signal, path: "/v1/me", answer: ME });

/**
 * To the space of the caller's key, which needs the scope `admin`; or, with the admin token, to any.
 * @param of.space undefined: the caller's
 */
export const requestInvitation = (
  { cloud, signal }: Own,
  of: { readonly role: string; readonly login?: string | undefined; readonly space?: string | undefined },
) => {
  const { space, ...body } = of;
  const path = space === undefined ? "/v1/space/invitations" : `/v1/admin/spaces/${space}/invitations`;
  return callApi({ cloud, signal, path, method: "POST", body, answer: ISSUED_INVITATION, ...ONCE });
};

/** @throws RepobaseError `usage` */
export function checkKeyId(id: string): string {
  if (/^[0-9a-f]{8,64}$/.test(id)) return id;
  throw new RepobaseError("usage", `not the id of a key: ${JSON.stringify(id.slice(0, 70))}`, {
    hint: "repobase cloud keys list shows the ids",
  });
}
