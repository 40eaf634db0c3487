/** Who is in a space: roles, leaving, and spaces that several people share. A space keeps at least one admin. */
import { RepobaseError } from "../../protocol/errors.ts";
import type { SpaceInfo } from "../../protocol/identity-api.ts";
import type { Role } from "../../protocol/roles.ts";
import { checkOwner, revokeKeysOf } from "../key-store.ts";
import { listed } from "./invitations.ts";
import { withoutMember } from "./org-members.ts";
import { isFree } from "./personal-space.ts";
import { adminsOf, type Member, memberIn, type PersonRecord, SPACES, type SpaceRecord } from "./records.ts";
import type { Registry } from "./registry.ts";

const MAX_NAME = 100;
/** Spaces that one person makes; the server's admin may make more. */
const MAX_MADE = 20;

export function describeSpace(space: SpaceRecord | undefined, id: string, now: number): SpaceInfo {
  if (!space) return { id, name: id, kind: "personal", members: [], orgs: [], invitations: [] };
  const members = Object.keys(space.members).flatMap((person) => {
    const member = memberIn(space, person, now);
    if (!member) return [];
    const { login, role, via = null, until = null } = member;
    return [{ id: person, login, role, via, until }];
  });
  const orgs = Object.entries(space.orgs).map(([login, role]) => ({ login, role }));
  const open = space.invitations.filter(({ expires }) => Date.parse(expires) > now);
  return { id, name: space.name, kind: space.kind, members, orgs, invitations: open.map(listed) };
}

/** @throws RepobaseError `not_found`, `forbidden` for the last admin, the owner, and who is a member by organisation */
export async function setRole(registry: Registry, of: { space: string; person: string; role: Role }): Promise<void> {
  await registry.changeKnownSpace(of.space, (space) => {
    const member = mustBeMember(space, of.person);
    if (member.via !== undefined)
      throw new RepobaseError("forbidden", `their role is that of the organisation "${member.via}"`, {
        hint: "change the organisation's, or invite the person",
      });
    if (of.role !== "admin") mayStepDown(space, of.person);
    return { ...space, members: { ...space.members, [of.person]: { ...member, role: of.role } } };
  });
}

/** Their keys for the space go too; what a crash leaves of them opens nothing. @throws RepobaseError as `setRole` */
export async function removeMember(registry: Registry, of: { space: string; person: string }): Promise<void> {
  await registry.changeKnownSpace(of.space, (space) => {
    mustBeMember(space, of.person);
    mayStepDown(space, of.person);
    return withoutMember(space, of.person);
  });
  await revokeKeysOf(registry.bucket, of.space, of.person);
}

function mustBeMember(space: SpaceRecord, person: string): Member {
  const member = Object.hasOwn(space.members, person) ? space.members[person] : undefined;
  if (!member) throw new RepobaseError("not_found", `nobody with the id "${person}" is in this space`);
  return member;
}

function mayStepDown(space: SpaceRecord, person: string): void {
  if (space.owner === person) throw new RepobaseError("forbidden", "a personal space stays its owner's");
  const admins = adminsOf(space);
  if (admins.length === 1 && admins[0] === person)
    throw new RepobaseError("forbidden", "a space keeps one admin", { hint: "make somebody else admin first" });
}

/**
 * A shared space. Its maker's record names it first.
 * @param of.adopt a user that the server's admin made with keys becomes a space
 * @throws RepobaseError `exists`, `usage` for a name that is not allowed
 */
export async function makeSpace(
  registry: Registry,
  of: { readonly id: string; readonly name: string; readonly by: PersonRecord | null; readonly adopt: boolean },
): Promise<SpaceRecord> {
  const { id, by } = of;
  checkOwner(id);
  const name = of.name.trim();
  if (name === "" || name.length > MAX_NAME || /\p{C}/u.test(name))
    throw new RepobaseError("usage", `a name has 1 to ${MAX_NAME} characters that can be read`);
  const taken = () => new RepobaseError("exists", `the name "${id}" is taken`, { fields: { id } });
  if (!of.adopt && !(await isFree(registry.bucket, id))) throw taken();
  if (by) await registry.changePerson(by.id, (person) => person && rememberSpace(person, id));
  const now = registry.now();
  const members = by ? { [by.id]: { role: "admin" as const, login: by.login, since: now } } : {};
  const created = new Date(now).toISOString();
  const fresh: SpaceRecord = {
    format: 1,
    id,
    name,
    kind: "shared",
    owner: null,
    members,
    orgs: {},
    invitations: [],
    created,
  };
  const made = await registry.changeSpace(id, (there) => {
    if (there) throw taken();
    return fresh;
  });
  return made ?? fresh;
}

/** A hint for their next request; the space's own record decides. @throws RepobaseError `usage` when there are too many */
export function rememberSpace(person: PersonRecord, space: string): PersonRecord {
  if (person.spaces.includes(space)) return person;
  return { ...person, spaces: [...person.spaces, space] };
}

/** @throws RepobaseError `quota_exceeded` */
export async function checkMayMake(registry: Registry, person: PersonRecord): Promise<void> {
  let made = 0;
  for (const id of person.spaces) {
    const space = await registry.space(id);
    if (space?.kind === "shared" && memberIn(space, person.id)?.role === "admin") made++;
  }
  if (made >= MAX_MADE)
    throw new RepobaseError("quota_exceeded", `you are an admin of ${made} shared spaces already`, {
      fields: { quota: "spaces", used: made, limit: MAX_MADE, wanted: 1 },
      hint: "ask the server's admin for more",
    });
}

export async function listSpaces(registry: Registry): Promise<SpaceRecord[]> {
  const found: SpaceRecord[] = [];
  for await (const { key } of registry.bucket.list(SPACES)) {
    const id = /^([^/]+)\.json$/.exec(key.slice(SPACES.length))?.[1];
    const space = id === undefined ? undefined : await registry.freshSpace(id);
    if (space) found.push(space);
  }
  return found;
}

/**
 * From everywhere: first the person is refused, then what they had is taken away; a second call finishes what a crash left.
 * @returns the spaces that they were in. @throws RepobaseError `not_found`
 */
export async function removePerson(registry: Registry, id: string): Promise<string[]> {
  const now = registry.now();
  const person = await registry.changePerson(
    id,
    (known) => known && { ...known, removed: new Date(now).toISOString(), sessionsFrom: now, endedSessions: [] },
  );
  if (!person) throw new RepobaseError("not_found", `nobody has the id "${id}"`);
  const left: string[] = [];
  for (const space of await listSpaces(registry)) {
    const isIn = Object.hasOwn(space.members, id);
    if (isIn) await registry.changeSpace(space.id, (known) => known && withoutMember(known, id));
    if (isIn || person.spaces.includes(space.id)) await revokeKeysOf(registry.bucket, space.id, id);
    if (isIn) left.push(space.id);
  }
  return left;
}
