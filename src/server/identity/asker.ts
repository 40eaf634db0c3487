/**
 * Who is asking: the holder of an API key (`Authorization: Bearer`, which wins), or a browser with a session cookie. A request
 * with a cookie that changes anything must come from our own page: a browser says so by `Origin`, and only our page's script can
 * add the header.
 */
import type { Context } from "hono";
import { RepobaseError } from "../../protocol/errors.ts";
import { isUserId } from "../../protocol/keys.ts";
import { type Scope, SCOPES, scopesOf } from "../../protocol/roles.ts";
import type { Asker, Caller, Services } from "../app-env.ts";
import { hasEnded, keyHash, type KeyRecord, readKey } from "../key-store.ts";
import { type Member, memberIn } from "./records.ts";
import { isEnded, ownOrigin, readSession } from "./sessions.ts";

/** A header that no form and no foreign page can send. */
export const PAGE_HEADER = "x-repobase-page";

type Asked = Pick<Context, "req" | "env">;

/** @throws RepobaseError `unauthorized`, `forbidden` for a cookie's request of another page, `rate_limited` after too many wrong keys */
export async function askerOf(services: Services, c: Asked): Promise<Asker> {
  const { identity } = services;
  if (c.req.raw.headers.has("authorization")) return { key: await bearerKey(services, c) };
  const session = await readSession(identity, c.req.raw);
  if (!session) throw noKey();
  requirePage(services, c.req.raw);
  const { key: hash, person: id } = session;
  const key = hash === undefined ? undefined : { hash, record: await recordOf(services, hash) };
  const person = id === undefined ? undefined : await identity.registry.person(id);
  const record = key?.record ?? person;
  if (!record || person?.removed || isEnded(session, record))
    throw new RepobaseError("unauthorized", "this session has ended", { hint: "sign in again" });
  return { session, ...(key ? { key } : {}), ...(person ? { person } : {}) };
}

/** @throws RepobaseError `forbidden` for a request that changes something and is not our own page's */
export function requirePage({ identity }: Pick<Services, "identity">, request: Request): void {
  if (["GET", "HEAD"].includes(request.method)) return;
  const own = request.headers.get("origin") === ownOrigin(identity, request);
  if (own && request.headers.get(PAGE_HEADER) === "1") return;
  throw new RepobaseError("forbidden", "a request with a session comes from the server's own page only", {
    hint: `programs send an API key; a page sends Origin and ${PAGE_HEADER}: 1`,
  });
}

/**
 * What they may do in the space they name, or in their first one.
 * @param claimed the header X-User-ID
 * @returns undefined: they name none and have none
 * @throws RepobaseError `forbidden` for a space that is not theirs, `unauthorized` for a key whose person left
 */
export async function callerOf(
  services: Services,
  asker: Asker,
  claimed: string | undefined,
): Promise<Caller | undefined> {
  if (asker.key) return keyCaller(services, asker.key.record, claimed);
  const { person } = asker;
  if (!person) return undefined;
  for (const userId of claimed === undefined ? person.spaces : isUserId(claimed) ? [claimed] : []) {
    const member = await memberOf(services, userId, person.id);
    if (member) return { userId, scopes: scopesOf(member.role) };
  }
  if (claimed === undefined) return undefined;
  throw new RepobaseError("forbidden", "X-User-ID is not a space of yours");
}

/** As people know them; null: a key without a label. */
export const nameOfAsker = ({ person, key }: Asker): string | null => person?.login ?? (key?.record.label || null);

/** Whose their own things are: the id of a person, or the sha256 of a key that is nobody's. */
export const ownerOf = ({ person, key }: Asker): string => person?.id ?? key?.record.person ?? key?.hash ?? "";

async function keyCaller(services: Services, record: KeyRecord, claimed: string | undefined): Promise<Caller> {
  const { userId, scopes, person } = record;
  if (claimed !== undefined && claimed !== userId)
    throw new RepobaseError("forbidden", "X-User-ID is not the user of this key");
  if (!person) return { userId, scopes };
  const member = await memberOf(services, userId, person);
  const holder = member && (await services.identity.registry.person(person));
  if (!member || !holder || holder.removed || Date.parse(record.created) < member.since)
    throw new RepobaseError("unauthorized", "the person of this key is no member of its space any more", {
      hint: "sign in again",
    });
  const allowed: readonly Scope[] = scopesOf(member.role);
  return { userId, scopes: SCOPES.filter((scope) => scopes.includes(scope) && allowed.includes(scope)) };
}

/** Who became a member a moment ago, in another isolate, is one: only a yes is taken from what is remembered. */
async function memberOf({ identity }: Services, space: string, person: string): Promise<Member | undefined> {
  const { registry, now } = identity;
  return (
    memberIn(await registry.space(space), person, now()) ?? memberIn(await registry.freshSpace(space), person, now())
  );
}

/**
 * A key seen before is no guess: its user goes on while others at the same address (an office, a proxy) are turned away.
 * @throws RepobaseError `unauthorized`, `rate_limited` after too many wrong keys from this address
 */
async function bearerKey(services: Services, c: Asked): Promise<NonNullable<Asker["key"]>> {
  const { knownKeys, failedAttempts } = services;
  const address = services.clientAddress(c);
  const hash = await keyHash(bearerOf(c.req.raw));
  if (!hash || !knownKeys.has(hash)) failedAttempts.refuse(address);
  try {
    if (!hash) throw unknownKey();
    return { hash, record: await recordOf(services, hash) };
  } catch (error) {
    if (error instanceof UnknownKey) await failedAttempts.count(address);
    throw error;
  }
}

class UnknownKey extends RepobaseError {}
const unknownKey = () => new UnknownKey("unauthorized", "this API key is not known");

async function recordOf({ knownKeys, bucket, limits }: Services, hash: string): Promise<KeyRecord> {
  let record = knownKeys.get(hash);
  if (!record) {
    record = await readKey(bucket, hash);
    if (!record) {
      knownKeys.forget(hash);
      throw unknownKey();
    }
    knownKeys.set(hash, record, limits.keySeconds);
  }
  if (hasEnded(record))
    throw new RepobaseError("unauthorized", `this API key ended at ${record.expires}`, {
      hint: "make a new one, or ask the server's admin",
    });
  return record;
}

/** @throws RepobaseError `unauthorized` */
export function bearerOf(request: Request): string {
  const token = /^Bearer +(\S+) *$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token === undefined) throw noKey();
  return token;
}

const noKey = () =>
  new RepobaseError("unauthorized", "the request brings no API key and no session", {
    hint: "send Authorization: Bearer <key>, or sign in on the page",
  });
