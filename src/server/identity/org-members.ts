/**
 * Members by organisation: a space names organisations at GitHub; whoever signs in as an active member of one becomes a member of
 * the space for some time, and at their next sign-in for longer, or no more.
 */
import { type Member, orgMark, type PersonRecord, type SpaceRecord } from "./records.ts";
import { withMember } from "./invitations.ts";
import type { Registry } from "./registry.ts";
import { type Role, ROLES } from "../../protocol/roles.ts";
import { RepobaseError } from "../../protocol/errors.ts";

const TERM_MS = 30 * 86_400_000;
/** A membership that is younger is not written again. */
const RENEW_MS = 86_400_000;
const MAX_ORGS = 50;

/** Spaces that a member of these organisations is a member of; some may turn out not to name them any more. */
export function spacesFor(byOrg: ReadonlyMap<string, readonly string[]>, active: ReadonlySet<string>): string[] {
  return [...new Set([...active].flatMap((org) => byOrg.get(org) ?? []))];
}

/** Brings one space in line with what GitHub says now. A member who was invited stays as they are. */
export async function syncOrgMember(
  registry: Registry,
  of: { readonly space: string; readonly person: PersonRecord; readonly active: ReadonlySet<string> },
): Promise<SpaceRecord | undefined> {
  const { person, active } = of;
  return registry.changeSpace(of.space, (space) => {
    if (!space) return undefined;
    const before = Object.hasOwn(space.members, person.id) ? space.members[person.id] : undefined;
    if (before && before.via === undefined) return space;
    const best = bestOrg(space, active);
    if (!best) return before ? withoutMember(space, person.id) : space;
    if (before && isFresh(before, best, person.login, registry.now())) return space;
    const until = registry.now() + TERM_MS;
    const since = before?.since ?? registry.now();
    return withMember(space, person.id, { role: best.role, login: person.login, since, via: best.org, until });
  });
}

const isFresh = (member: Member, best: { org: string; role: Role }, login: string, now: number) =>
  member.role === best.role &&
  member.via === best.org &&
  member.login === login &&
  (member.until ?? 0) > now + TERM_MS - RENEW_MS;

/** The one that gives most. */
function bestOrg(space: SpaceRecord, active: ReadonlySet<string>): { org: string; role: Role } | undefined {
  const rank = (role: Role) => ROLES.indexOf(role);
  const named = Object.entries(space.orgs).filter(([org]) => active.has(org));
  const [best] = named.sort(([, a], [, b]) => rank(b) - rank(a));
  return best && { org: best[0], role: best[1] };
}

export function withoutMember(space: SpaceRecord, person: string): SpaceRecord {
  const members = Object.fromEntries(Object.entries(space.members).filter(([id]) => id !== person));
  return { ...space, members };
}

/** Its mark first, so that a crash leaves no organisation that nobody finds. */
export async function addOrg(registry: Registry, of: { space: string; org: string; role: Role }): Promise<SpaceRecord> {
  await registry.bucket.put(orgMark(of.org, of.space), new Uint8Array(0));
  return registry.changeKnownSpace(of.space, (space) => {
    const orgs = { ...space.orgs, [of.org]: of.role };
    if (Object.keys(orgs).length > MAX_ORGS)
      throw new RepobaseError("usage", `a space names ${MAX_ORGS} organisations at most`);
    const members = Object.entries(space.members).map(
      ([id, member]) => [id, member.via === of.org ? { ...member, role: of.role } : member] as const,
    );
    return { ...space, orgs, members: Object.fromEntries(members) };
  });
}

/** Its members by that organisation go with it. @returns who they were. @throws RepobaseError `not_found` */
export async function removeOrg(registry: Registry, of: { space: string; org: string }): Promise<string[]> {
  let gone: string[] = [];
  await registry.changeKnownSpace(of.space, (space) => {
    if (!Object.hasOwn(space.orgs, of.org))
      throw new RepobaseError("not_found", `the space does not name the organisation "${of.org}"`);
    const via = Object.entries(space.members).filter(([, member]) => member.via === of.org);
    gone = via.map(([id]) => id);
    const orgs = Object.fromEntries(Object.entries(space.orgs).filter(([org]) => org !== of.org));
    const members = Object.entries(space.members).filter(([, member]) => member.via !== of.org);
    return { ...space, orgs, members: Object.fromEntries(members) };
  });
  await registry.bucket.delete(orgMark(of.org, of.space));
  return gone;
}
