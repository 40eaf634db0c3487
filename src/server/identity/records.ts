/**
 * What is kept of people and spaces, beside the users' prefixes, where no request of a user can name it. `people/{id}.json`: who
 * signed in once, and which of their sessions are ended. `spaces/{id}.json`: who may do what in a space; this record decides, the
 * list of spaces in a person's is a hint. `spaces/of/{org}/{space}` marks the spaces that name an organisation: written before
 * the record, removed after it, so a crash leaves at most a mark without effect.
 */
import { array, exactOptional, literal, nullable, picklist, record } from "valibot";
import { count, type DocumentType, fields, text, textByName, textThat } from "../../protocol/decode.ts";
import type { SpaceKind } from "../../protocol/identity-api.ts";
import { checkUserId, isUserId } from "../../protocol/keys.ts";
import { isRole, ROLES, type Role } from "../../protocol/roles.ts";
import { RepobaseError } from "../../protocol/errors.ts";

/** Sessions that are ended before their time. */
export interface EndedSessions {
  /** ms: sessions issued then or earlier are ended. */
  readonly sessionsFrom?: number;
  /** `until` in ms: the session's own end, after which it need not be remembered. */
  readonly endedSessions?: readonly { readonly id: string; readonly until: number }[];
}

export const ENDED_SESSIONS = {
  sessionsFrom: exactOptional(count),
  endedSessions: exactOptional(array(fields({ id: text, until: count }), "must be a list")),
};

export interface PersonRecord extends EndedSessions {
  readonly format: 1;
  /** `github-{numeric id}`; a login may change hands. */
  readonly id: string;
  /** As of the last sign-in. */
  readonly login: string;
  readonly name: string | null;
  /** ISO 8601. */
  readonly created: string;
  /** The person's own space; null: sign-up did not allow one. Once it is named it stays. */
  readonly personal: string | null;
  readonly spaces: readonly string[];
  /** ISO 8601: the server's admin removed the person then; only an invitation of the admin made later brings them back. */
  readonly removed?: string | null;
}

export interface Member {
  readonly role: Role;
  readonly login: string;
  /** ms: keys made before are no keys of this membership. */
  readonly since: number;
  /** The organisation (lower case) that makes them one. */
  readonly via?: string;
  /** ms: ends then. */
  readonly until?: number;
}

export interface Invitation {
  readonly id: string;
  readonly tokenHash: string;
  readonly role: Role;
  /** Lower case; null: whoever holds the token. */
  readonly login: string | null;
  /** ISO 8601, both. */
  readonly created: string;
  readonly expires: string;
  /** Id of a person, `key` for a key of none, `admin` for the server's. */
  readonly by: string;
}

export interface SpaceRecord {
  readonly format: 1;
  readonly id: string;
  readonly name: string;
  readonly kind: SpaceKind;
  /** Of a personal space: who signs in to it, and can't be removed from it. */
  readonly owner: string | null;
  /** By id of the person. */
  readonly members: Readonly<Record<string, Member>>;
  /** By name of the organisation, lower case. */
  readonly orgs: Readonly<Record<string, Role>>;
  readonly invitations: readonly Invitation[];
  /** ISO 8601. */
  readonly created: string;
}

const PERSON_ID = /^github-[1-9]\d{0,15}$/;
/** GitHub's rule; Enterprise adds `_` and a short code. */
const LOGIN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/;
const ORG = /^[a-z0-9][a-z0-9_-]{0,59}$/;

export const isPersonId = (id: string) => PERSON_ID.test(id);
export const isLogin = (login: string) => LOGIN.test(login);
export const isOrg = (org: string) => ORG.test(org);
export const personIdOf = (githubId: number) => `github-${githubId}`;

/** In lower case, as organisations are compared and kept. @throws RepobaseError `usage` */
export function checkOrg(name: string): string {
  const org = name.toLowerCase();
  if (!isOrg(org)) throw new RepobaseError("usage", `not an organisation: ${JSON.stringify(name.slice(0, 80))}`);
  return org;
}

/** @throws RepobaseError `usage` */
export function checkPersonId(id: string): string {
  if (!isPersonId(id)) throw new RepobaseError("usage", `not the id of a person: ${JSON.stringify(id.slice(0, 80))}`);
  return id;
}

const role = picklist(ROLES, `must be one of ${ROLES.join(", ")}`);

export const PERSON: DocumentType<PersonRecord> = {
  name: "person",
  format: 1,
  damaged: "damaged_config",
  schema: fields({
    format: literal(1),
    id: textThat(isPersonId, "the id of a person"),
    login: text,
    name: nullable(text),
    created: text,
    personal: nullable(textThat(isUserId, "a space")),
    spaces: array(textThat(isUserId, "a space"), "must be a list"),
    removed: exactOptional(nullable(text)),
    ...ENDED_SESSIONS,
  }),
};

export const SPACE: DocumentType<SpaceRecord> = {
  name: "space",
  format: 1,
  damaged: "damaged_config",
  schema: fields({
    format: literal(1),
    id: textThat(isUserId, "a space"),
    name: text,
    kind: picklist(["personal", "shared"], "must be personal or shared"),
    owner: nullable(text),
    members: record(
      textThat(isPersonId, "ids of people"),
      fields({ role, login: text, since: count, via: exactOptional(text), until: exactOptional(count) }),
      "must be an object",
    ),
    orgs: textByName<Role>(isRole, "roles"),
    invitations: array(
      fields({ id: text, tokenHash: text, role, login: nullable(text), created: text, expires: text, by: text }),
      "must be a list",
    ),
    created: text,
  }),
};

export const SPACES = "spaces/";
export const ORG_MARKS = `${SPACES}of/`;
export const personKey = (id: string) => `people/${checkPersonId(id)}.json`;
export const spaceKey = (id: string) => `${SPACES}${checkUserId(id)}.json`;
export const orgMark = (org: string, space: string) => `${ORG_MARKS}${checkOrg(org)}/${checkUserId(space)}`;

/** undefined: no member, or one whose time is over. @param now ms */
export function memberIn(space: SpaceRecord | undefined, person: string, now = Date.now()): Member | undefined {
  const member = space && Object.hasOwn(space.members, person) ? space.members[person] : undefined;
  return member && (member.until === undefined || member.until > now) ? member : undefined;
}

export const adminsOf = (space: SpaceRecord): string[] =>
  Object.keys(space.members).filter((id) => memberIn(space, id)?.role === "admin");
