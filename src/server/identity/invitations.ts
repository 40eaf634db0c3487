/**
 * Invitations to a space: made by an admin of it (or the server's), good once and for a time, kept as a hash. The token names its
 * space, so that no list is needed to find it; taking it and becoming a member is one write.
 */
import { RepobaseError } from "../../protocol/errors.ts";
import { sha256Hex } from "../../protocol/hash.ts";
import type { IssuedInvitation, ListedInvitation } from "../../protocol/identity-api.ts";
import { isUserId } from "../../protocol/keys.ts";
import type { Role } from "../../protocol/roles.ts";
import { type Invitation, isLogin, type Member, memberIn, type PersonRecord, type SpaceRecord } from "./records.ts";
import type { Registry } from "./registry.ts";

const TOKEN = /^rbi_([a-z0-9_-]{1,64})\.[A-Za-z0-9_-]{43}$/;
const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 7;
const MAX_DAYS = 30;
const MAX_OPEN = 100;
export const MAX_MEMBERS = 1000;

/** By whom, where it was the server's admin. */
export const BY_ADMIN = "admin";

/** Field `reason` of the errors that are about an invitation. */
export const REFUSED_INVITATION = "invitation";

export async function invite(
  registry: Registry,
  of: {
    readonly space: string;
    readonly role: Role;
    readonly login: string | null;
    /** ISO 8601; null: in a week. */
    readonly expires: string | null;
    readonly by: string;
    readonly origin: string;
  },
): Promise<IssuedInvitation> {
  const now = registry.now();
  const login = of.login === null ? null : checkLogin(of.login);
  const ends = of.expires === null ? now + DEFAULT_DAYS * DAY_MS : Date.parse(of.expires);
  if (ends > now + MAX_DAYS * DAY_MS)
    throw new RepobaseError("usage", `an invitation is good for ${MAX_DAYS} days at most`);
  const random = crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true });
  const token = `rbi_${of.space}.${random}`;
  const tokenHash = await hashOf(token);
  const times = { created: new Date(now).toISOString(), expires: new Date(ends).toISOString() };
  const made: Invitation = { id: tokenHash.slice(0, 16), tokenHash, role: of.role, login, by: of.by, ...times };
  await registry.changeKnownSpace(of.space, (space) => {
    const open = space.invitations.filter(({ expires }) => Date.parse(expires) > now);
    if (open.length >= MAX_OPEN)
      throw new RepobaseError("usage", `${MAX_OPEN} invitations are open already`, { hint: "withdraw some" });
    return { ...space, invitations: [...open, made] };
  });
  return { ...listed(made), token, link: `${of.origin}/#invite=${token}` };
}

export const listed = ({ id, role, login, expires, by }: Invitation): ListedInvitation => ({
  id,
  role,
  login,
  expires,
  by,
});

export interface Offer {
  readonly space: string;
  readonly invitation: Invitation;
}

/**
 * Looks, without taking it.
 * @param who.confirmed ms: when GitHub last said that the login is theirs; one that is bound to a login must be older
 * @returns undefined: the person is a member already, and the token may be one that they used
 * @throws RepobaseError `forbidden` for one that is unknown, used, over, or another's
 */
export async function checkOffer(
  registry: Registry,
  token: string,
  who: { readonly id: string; readonly login: string; readonly confirmed: number },
): Promise<Offer | undefined> {
  const space = TOKEN.exec(token)?.[1];
  const record = space !== undefined && isUserId(space) ? await registry.freshSpace(space) : undefined;
  const tokenHash = await hashOf(token);
  const invitation = record?.invitations.find((one) => one.tokenHash === tokenHash);
  if (!record || !invitation) {
    if (record && memberIn(record, who.id, registry.now())) return undefined;
    throw refused("is not known; it may be used or withdrawn");
  }
  if (Date.parse(invitation.expires) <= registry.now()) throw refused(`ended at ${invitation.expires}`);
  if (invitation.login !== null && invitation.login !== who.login.toLowerCase()) throw refused("is for another login");
  if (invitation.login !== null && who.confirmed < Date.parse(invitation.created))
    throw refused("is bound to a login; sign in again to accept it");
  return { space: record.id, invitation };
}

/** Once: of two that come with one token, one becomes a member. */
export async function takeOffer(registry: Registry, { space, invitation }: Offer, person: PersonRecord): Promise<void> {
  await registry.changeKnownSpace(space, (now) => {
    const left = now.invitations.filter(({ tokenHash }) => tokenHash !== invitation.tokenHash);
    if (left.length === now.invitations.length) throw refused("was used meanwhile");
    const before = memberIn(now, person.id, registry.now());
    const since = before?.since ?? registry.now();
    const role = before && before.via === undefined ? higher(before.role, invitation.role) : invitation.role;
    return withMember({ ...now, invitations: left }, person.id, { role, login: person.login, since });
  });
}

/** An invitation never takes a right away. */
const higher = (a: Role, b: Role): Role =>
  [a, b].includes("admin") ? "admin" : [a, b].includes("write") ? "write" : "read";

/** @throws RepobaseError `usage` when the space is full */
export function withMember(space: SpaceRecord, person: string, member: Member): SpaceRecord {
  const members = { ...space.members, [person]: member };
  if (Object.keys(members).length > MAX_MEMBERS)
    throw new RepobaseError("usage", `a space has ${MAX_MEMBERS} members at most`);
  return { ...space, members };
}

const hashOf = (token: string) => sha256Hex(new TextEncoder().encode(token));
const refused = (why: string) =>
  new RepobaseError("forbidden", `the invitation ${why}`, {
    fields: { reason: REFUSED_INVITATION },
    hint: "ask for a new one, or sign in again",
  });

function checkLogin(login: string): string {
  if (!isLogin(login)) throw new RepobaseError("usage", `not a GitHub login: ${JSON.stringify(login.slice(0, 80))}`);
  return login.toLowerCase();
}
