/**
 * The space of one's own: named after the login when nothing has that name, never derived again. The person's record names it
 * first, then the space is made; a crash in between is finished by the next sign-in.
 */
import type { ObjectStore } from "../../store/object-store.ts";
import { isUserId } from "../../protocol/keys.ts";
import { accountKey } from "../account.ts";
import { hasKeys, isReserved } from "../key-store.ts";
import { type Member, memberIn, type PersonRecord, type SpaceRecord } from "./records.ts";
import type { Registry } from "./registry.ts";

const NUMBERED = 50;

/** A name that nothing has, or that is this person's already. */
export async function choosePersonal(registry: Registry, of: { person: string; login: string }): Promise<string> {
  const base = of.login.toLowerCase().slice(0, 55);
  for (let n = 1; n <= NUMBERED; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!isUserId(id) || isReserved(id)) continue;
    const space = await registry.freshSpace(id);
    if (space ? space.owner === of.person : await isFree(registry.bucket, id)) return id;
  }
  return crypto.getRandomValues(new Uint8Array(16)).toHex();
}

/** Nobody else's: a user that the server's admin made has keys, an account or objects, and no record as a space. */
export async function isFree(bucket: ObjectStore, id: string): Promise<boolean> {
  if ((await bucket.head(accountKey(id))) || (await hasKeys(bucket, id))) return false;
  for await (const _ of bucket.list(`${id}/`)) return false;
  return true;
}

/** @returns false: the name is another's by now */
export async function makePersonal(registry: Registry, person: PersonRecord): Promise<boolean> {
  const { personal: id, login } = person;
  if (id === null) return true;
  if (!(await registry.freshSpace(id)) && !(await isFree(registry.bucket, id))) return false;
  const space = await registry.changeSpace(id, (now) => {
    if (now && now.owner !== person.id) return now;
    const before = memberIn(now, person.id, registry.now());
    if (now && before?.role === "admin" && before.login === login && before.via === undefined) return now;
    const member: Member = { role: "admin", login, since: before?.since ?? registry.now() };
    const created = new Date(registry.now()).toISOString();
    const fresh: SpaceRecord = {
      format: 1,
      id,
      name: login,
      kind: "personal",
      owner: person.id,
      members: {},
      orgs: {},
      invitations: [],
      created,
    };
    return { ...(now ?? fresh), members: { ...now?.members, [person.id]: member } };
  });
  return space?.owner === person.id;
}
