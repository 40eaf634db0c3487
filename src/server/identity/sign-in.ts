/**
 * From a GitHub token, used here and dropped, to a person of this server. Who gets in: a person who is known, whom sign-up
 * allows, who brings an invitation, or who is a member of an organisation that a space names. Order of the writes: the person
 * (naming all their spaces), then each space; whatever a crash leaves undone the next sign-in does.
 */
import { RepobaseError } from "../../protocol/errors.ts";
import type { GitHubPerson } from "./github.ts";
import type { Identity } from "./identity.ts";
import { BY_ADMIN, checkOffer, type Offer, takeOffer } from "./invitations.ts";
import { spacesFor, syncOrgMember } from "./org-members.ts";
import { choosePersonal, makePersonal } from "./personal-space.ts";
import { personIdOf, type PersonRecord } from "./records.ts";

/** Spaces remembered in a person's record; the oldest that is not their own goes first. */
const MAX_SPACES = 1000;
/** A name chosen for the own space can be taken before it is written; then another is. */
const NAME_TRIES = 5;

interface Known {
  readonly profile: GitHubPerson;
  readonly active: ReadonlySet<string>;
  readonly offer: Offer | undefined;
  readonly joins: readonly string[];
  /** The removal that an invitation of the admin takes back. */
  readonly forgiven: string | null;
}

/** What GitHub is asked for: organisations only where they decide something. */
export async function scopeNeeded({ signUp, registry }: Identity): Promise<string> {
  return typeof signUp === "object" || (await registry.spacesByOrg()).size > 0 ? "read:org" : "";
}

/** @throws RepobaseError `forbidden` for whom this server does not let in, or with an invitation that is not theirs; `transient` */
export async function signIn(identity: Identity, token: string, invitation?: string): Promise<PersonRecord> {
  const { github, registry, signUp } = identity;
  if (!github) throw noGitHub();
  const byOrg = await registry.spacesByOrg();
  const profile = await github.whoIs(token);
  const asksOrgs = typeof signUp === "object" || byOrg.size > 0;
  const active = asksOrgs ? await github.organisationsOf(token) : new Set<string>();
  const id = personIdOf(profile.id);
  const who = { id, login: profile.login, confirmed: registry.now() };
  const offer = invitation === undefined ? undefined : await checkOffer(registry, invitation, who);
  const joins = spacesFor(byOrg, active);
  const forgiven = admit(identity, await registry.freshPerson(id), { active, offer, joins });
  const known: Known = { profile, active, offer, joins, forgiven };
  const person = await settlePerson(identity, id, known);
  for (const space of new Set([...person.spaces, ...known.joins]))
    await syncOrgMember(registry, { space, person, active });
  if (offer) await takeOffer(registry, offer, person);
  return person;
}

function mayHaveOwn({ signUp }: Identity, active: ReadonlySet<string>): boolean {
  return typeof signUp === "object" ? !signUp.isDisjointFrom(active) : signUp === "open";
}

type Reasons = Pick<Known, "active" | "offer" | "joins">;

/** @returns the removal that is taken back. @throws RepobaseError `forbidden` */
function admit(identity: Identity, person: PersonRecord | undefined, { active, offer, joins }: Reasons): string | null {
  if (person?.removed) {
    const { by, created } = offer?.invitation ?? {};
    if (by === BY_ADMIN && (created ?? "") >= person.removed) return person.removed;
    throw removed();
  }
  if (person || offer || joins.length > 0 || mayHaveOwn(identity, active)) return null;
  throw new RepobaseError("forbidden", "this server takes no new people", {
    hint: "ask somebody who uses it for an invitation",
  });
}

const removed = () =>
  new RepobaseError("forbidden", "the server's admin has removed you from this server", {
    hint: "ask the admin for an invitation",
  });

/** The person's record and their own space, both written. */
async function settlePerson(identity: Identity, id: string, known: Known): Promise<PersonRecord> {
  const { registry } = identity;
  const { login } = known.profile;
  const own = mayHaveOwn(identity, known.active);
  let taken: string | undefined;
  for (let left = NAME_TRIES; left > 0; left--) {
    const before = await registry.freshPerson(id);
    const named = before?.personal ?? null;
    const wanted =
      named !== null && named !== taken
        ? named
        : own || named !== null
          ? await choosePersonal(registry, { person: id, login })
          : null;
    const person = await registry.changePerson(id, (now) =>
      withProfile(now, { id, known, personal: wanted, taken, now: registry.now() }),
    );
    if (person && (await makePersonal(registry, person))) return person;
    taken = person?.personal ?? undefined;
  }
  throw new RepobaseError("transient", "no name for a space could be kept", { hint: "sign in again" });
}

function withProfile(
  before: PersonRecord | undefined,
  of: { id: string; known: Known; personal: string | null; taken: string | undefined; now: number },
): PersonRecord {
  const { id, known, now, taken } = of;
  // by the admin, while this sign-in was under way
  if (before?.removed && before.removed !== known.forgiven) throw removed();
  const { login, name } = known.profile;
  const kept = before?.personal ?? null;
  // another sign-in of the same person may have named it meanwhile
  const personal = kept !== null && kept !== taken ? kept : of.personal;
  const joined = [...(before?.spaces ?? []), ...known.joins, ...(known.offer ? [known.offer.space] : [])];
  const others = [...new Set(joined)].filter((space) => space !== personal && space !== taken);
  const spaces = [...(personal === null ? [] : [personal]), ...others.slice(-MAX_SPACES)];
  const created = before?.created ?? new Date(now).toISOString();
  const next: PersonRecord = { ...before, format: 1, id, login, name, created, personal, spaces };
  return before?.removed ? { ...next, removed: null } : next;
}

export const noGitHub = () =>
  new RepobaseError("not_found", "this server does not sign in with GitHub", {
    hint: "its admin issues API keys",
  });
