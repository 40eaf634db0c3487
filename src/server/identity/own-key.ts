/** Keys that people make for themselves, in their own name and with no more than they have. */
import { RepobaseError } from "../../protocol/errors.ts";
import { type Scope, SCOPES } from "../../protocol/roles.ts";
import type { Services } from "../app-env.ts";
import { checkScopes, issueKey, listKeyHashes } from "../key-store.ts";

/** Of one space; the server's admin may make more. */
const MAX_KEYS = 1000;
/** What a key is for where nobody says it. */
const isUsual = (scope: Scope) => scope === "read" || scope === "write";

export interface OwnKey {
  readonly label: string | null;
  /** undefined: reading, and writing where that is allowed. */
  readonly scopes: readonly Scope[] | undefined;
  /** ISO 8601, checked. */
  readonly expires: string | null;
}

/** @throws RepobaseError `forbidden` for scopes that the caller does not have, `quota_exceeded` */
export async function issueOwnKey(
  services: Services,
  of: {
    readonly userId: string;
    readonly person: string | null;
    readonly allowed: readonly Scope[];
    readonly key: OwnKey;
  },
) {
  const { userId, person, allowed, key } = of;
  const scopes = key.scopes ? checkScopes(key.scopes) : SCOPES.filter((one) => isUsual(one) && allowed.includes(one));
  const above = scopes.filter((scope) => !allowed.includes(scope));
  if (above.length > 0)
    throw new RepobaseError("forbidden", `you may not ${above.join(", ")} here, so your key can't either`, {
      fields: { scopes: allowed },
    });
  const used = (await listKeyHashes(services.bucket, userId)).length;
  if (used >= MAX_KEYS)
    throw new RepobaseError("quota_exceeded", `this space has ${used} keys, which is all it may have`, {
      fields: { quota: "keys", used, limit: MAX_KEYS, wanted: 1 },
      hint: "revoke some: repobase cloud keys",
    });
  const { label, expires } = key;
  return issueKey(services.bucket, { userId, person, scopes, label, expires, now: services.identity.now() });
}
