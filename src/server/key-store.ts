/**
 * API keys: made here, shown once, kept only as their sha256. A record lies at `keys/{sha256}.json`, outside every user's
 * prefix; a marker at `keys/of/{userId}/{sha256}` lets an operator list one user's keys without reading everybody's.
 * The marker is written first and removed last, so a crash leaves at most a marker without a key, never a hidden key.
 */
import { array, exactOptional, nullable, picklist } from "valibot";
import type { ListedKey } from "../protocol/cloud-api.ts";
import { decodeDocument, type DocumentType, fields, text, textThat } from "../protocol/decode.ts";
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import { checkUserId, isUserId } from "../protocol/keys.ts";
import { type Scope, SCOPES } from "../protocol/roles.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { ENDED_SESSIONS, type EndedSessions } from "./identity/records.ts";
import { changeDocument } from "./identity/registry.ts";
import { mapBounded } from "../store/map-bounded.ts";

/** Of a key for which nobody says more. */
const DEFAULT_SCOPES: readonly Scope[] = ["read", "write"];

export interface KeyRecord extends EndedSessions {
  readonly userId: string;
  readonly scopes: readonly Scope[];
  readonly label: string | null;
  /** ISO 8601. */
  readonly created: string;
  /** ISO 8601: from then on the key is good for nothing. Absent or null: it has no end. */
  readonly expires?: string | null;
  /** The key's last four characters, by which its owner knows it; absent in records of older servers. */
  readonly tail?: string;
  /** Whose key it is: it may do what that person may, and ends with their membership. Absent or null: made by the server's admin. */
  readonly person?: string | null;
}

const isTime = (value: string) => !Number.isNaN(Date.parse(value));

const KEY_RECORD: DocumentType<KeyRecord> = {
  name: "key record",
  damaged: "damaged_config",
  hint: "remove it and issue the key anew",
  schema: fields({
    userId: textThat(isUserId, "a user id"),
    scopes: array(picklist(SCOPES, `must be one of ${SCOPES.join(", ")}`), "must be a list"),
    label: nullable(text),
    created: text,
    expires: exactOptional(nullable(textThat(isTime, "a time"))),
    tail: exactOptional(text),
    person: exactOptional(nullable(text)),
    ...ENDED_SESSIONS,
  }),
};

/** @param now ms since the epoch */
export const hasEnded = ({ expires }: KeyRecord, now = Date.now()): boolean =>
  typeof expires === "string" && Date.parse(expires) <= now;

/** Top-level names of the bucket that are not users, and names that would read as one of the server's own. */
const RESERVED = new Set([
  "keys",
  "models",
  "users",
  "people",
  "spaces",
  "admin",
  "system",
  "index",
  "manifests",
  "snapshots",
  "refs",
  "repos",
  "config",
  "gc",
]);
const KEY = /^rb_[A-Za-z0-9_-]{43}$/;
const KEY_ID = /^[0-9a-f]{8,64}$/;
const ID_LENGTH = 16;
const TAIL_LENGTH = 4;

const recordKey = (hash: string) => `keys/${hash}.json`;
const MARKERS = "keys/of/";
const markerKey = (userId: string, hash: string) => `${MARKERS}${userId}/${hash}`;
const hashOf = (apiKey: string) => sha256Hex(new TextEncoder().encode(apiKey));

export interface IssueRequest {
  readonly userId: string;
  readonly label?: string | null;
  readonly scopes?: readonly Scope[];
  /** ISO 8601; null: no end. */
  readonly expires?: string | null;
  readonly person?: string | null;
  /** ms since the epoch. */
  readonly now?: number;
}

/** @throws RepobaseError `usage` for a user id that is not allowed or belongs to the server */
export async function issueKey(
  store: ObjectStore,
  request: IssueRequest,
): Promise<{ apiKey: string; id: string } & KeyRecord> {
  checkOwner(request.userId);
  const random = crypto.getRandomValues(new Uint8Array(32));
  const apiKey = `rb_${random.toBase64({ alphabet: "base64url", omitPadding: true })}`;
  const hash = await hashOf(apiKey);
  const record: KeyRecord = {
    userId: request.userId,
    scopes: request.scopes ?? DEFAULT_SCOPES,
    label: request.label ?? null,
    created: new Date(request.now ?? Date.now()).toISOString(),
    expires: request.expires ?? null,
    tail: apiKey.slice(-TAIL_LENGTH),
    ...(request.person ? { person: request.person } : {}),
  };
  await store.put(markerKey(record.userId, hash), new Uint8Array(0));
  await store.put(recordKey(hash), new TextEncoder().encode(JSON.stringify(record)));
  return { apiKey, id: keyId(hash), ...record };
}

/** How lists and commands name a key. */
export const keyId = (hash: string) => hash.slice(0, ID_LENGTH);

/** A key that is revoked meanwhile stays revoked. */
export async function changeKey(store: ObjectStore, hash: string, change: (now: KeyRecord) => KeyRecord) {
  const key = recordKey(hash);
  return changeDocument(store, { type: KEY_RECORD, key, change: (now) => now && change(now) });
}

/** The sha256 a key is kept under. undefined: the text cannot be a key, so it is not worth a request. */
export async function keyHash(apiKey: string): Promise<string | undefined> {
  return KEY.test(apiKey) ? hashOf(apiKey) : undefined;
}

/** undefined: no such key, or revoked. @throws RepobaseError `damaged_config` */
export async function readKey(store: ObjectStore, hash: string): Promise<KeyRecord | undefined> {
  const stored = await store.get(recordKey(hash));
  return stored && decodeKeyRecord(stored.bytes, recordKey(hash));
}

/** @param key for messages. @throws RepobaseError `damaged_config` for anything that is no record of an API key */
export const decodeKeyRecord = (bytes: Uint8Array, key: string): KeyRecord => decodeDocument(KEY_RECORD, bytes, key);

/** One that cannot be read is listed with the reason, so that it can be revoked. */
export async function listKeys(store: ObjectStore, userId: string): Promise<ListedKey[]> {
  const hashes = await listKeyHashes(store, userId);
  const found = await mapBounded(hashes, (hash) => describeKey(store, userId, hash));
  const listed = found.filter((key) => key !== undefined);
  return listed.sort((a, b) => ((a.created ?? "") < (b.created ?? "") ? -1 : 1));
}

/** undefined: revoked meanwhile. */
async function describeKey(store: ObjectStore, userId: string, hash: string): Promise<ListedKey | undefined> {
  const id = keyId(hash);
  try {
    const record = await readKey(store, hash);
    return record && listedKey(id, record);
  } catch (error) {
    if (!isRepobaseError(error, "damaged_config")) throw error;
    const unknown = { label: null, created: null, expires: null, tail: null };
    return { id, userId, scopes: [], ...unknown, error: { code: error.code, detail: error.message } };
  }
}

const listedKey = (id: string, record: KeyRecord): ListedKey => {
  const { userId, scopes, label, created, expires, tail, person } = record;
  return {
    id,
    userId,
    scopes,
    label,
    created,
    expires: expires ?? null,
    tail: tail ?? null,
    person: person ?? null,
  };
};

/** Who has keys, and how many; no key is read. */
export async function listUsers(store: ObjectStore): Promise<{ userId: string; keys: number }[]> {
  const counts = new Map<string, number>();
  for await (const { key } of store.list(MARKERS)) {
    const [userId = ""] = key.slice(MARKERS.length).split("/");
    counts.set(userId, (counts.get(userId) ?? 0) + 1);
  }
  return Array.from(counts, ([userId, keys]) => ({ userId, keys }));
}

/**
 * A record that cannot be read is removed like any other.
 * @throws RepobaseError `not_found` when no key, or more than one, has this id
 */
export async function revokeKey(store: ObjectStore, id: string): Promise<ListedKey> {
  const hashes: string[] = [];
  if (KEY_ID.test(id))
    for await (const { key } of store.list(`keys/${id}`)) hashes.push(key.slice("keys/".length, -".json".length));
  const [hash] = hashes;
  const owner = hash === undefined || hashes.length > 1 ? undefined : await ownerOf(store, hash);
  const described = owner !== undefined && hash !== undefined && (await describeKey(store, owner, hash));
  if (hash === undefined || owner === undefined || !described)
    throw new RepobaseError("not_found", `no key has the id ${JSON.stringify(id.slice(0, 70))}`);
  await dropKey(store, owner, hash);
  return described;
}

async function dropKey(store: ObjectStore, owner: string, hash: string): Promise<void> {
  await store.delete(recordKey(hash));
  await store.delete(markerKey(owner, hash));
}

/** All keys of one person for one space. */
export async function revokeKeysOf(store: ObjectStore, userId: string, person: string): Promise<void> {
  await mapBounded(await listKeyHashes(store, userId), async (hash) => {
    const record = await readKey(store, hash).catch((error: unknown) => {
      // whose it is nobody can tell, and it opens nothing
      if (!isRepobaseError(error, "damaged_config")) throw error;
    });
    if (record?.person === person) await dropKey(store, userId, hash);
  });
}

/** Of one user. */
export async function listKeyHashes(store: ObjectStore, userId: string): Promise<string[]> {
  const marks = await Array.fromAsync(store.list(markerKey(checkUserId(userId), "")));
  return marks.map(({ key }) => key.slice(key.lastIndexOf("/") + 1));
}

/** The hash of a user's key, by its id. undefined: this user has no such key, or more than one. */
export async function findKey(store: ObjectStore, userId: string, id: string): Promise<string | undefined> {
  if (!KEY_ID.test(id)) return undefined;
  const [hash, another] = (await listKeyHashes(store, userId)).filter((one) => one.startsWith(id));
  return another === undefined ? hash : undefined;
}

/** By the record, or, where that is damaged, by the marker. undefined: revoked meanwhile. */
async function ownerOf(store: ObjectStore, hash: string): Promise<string | undefined> {
  try {
    return (await readKey(store, hash))?.userId;
  } catch (error) {
    if (!isRepobaseError(error, "damaged_config")) throw error;
    for await (const { key } of store.list(MARKERS)) if (key.endsWith(`/${hash}`)) return key.split("/")[2];
    return "";
  }
}

/** Has anybody a key for this user? */
export async function hasKeys(store: ObjectStore, userId: string): Promise<boolean> {
  for await (const _ of store.list(markerKey(checkUserId(userId), ""))) return true;
  return false;
}

export const isReserved = (userId: string): boolean => RESERVED.has(userId);

/** @throws RepobaseError `usage` for a user id that is not allowed or belongs to the server */
export function checkOwner(userId: string): string {
  checkUserId(userId);
  if (isReserved(userId)) throw new RepobaseError("usage", `the user id "${userId}" is reserved`);
  return userId;
}

/** A key that only notifies sees nothing; every other one reads. @throws RepobaseError `usage` */
export function checkScopes(scopes: readonly Scope[]): readonly Scope[] {
  const onlyNotifies = scopes.length > 0 && scopes.every((scope) => scope === "notify");
  if (!onlyNotifies && !scopes.includes("read"))
    throw new RepobaseError("usage", 'scopes must have "read" among them, or be "notify" alone');
  return SCOPES.filter((scope) => scopes.includes(scope));
}

/** A day means its end, by UTC. @returns ISO 8601. @throws RepobaseError `usage` for what is no time, or is past */
export function checkExpires(value: string, now = Date.now()): string {
  const time = Date.parse(/^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T23:59:59.999Z` : value);
  if (Number.isNaN(time) || !/^\d{4}-/.test(value))
    throw new RepobaseError(
      "usage",
      `expires must be a day (2027-01-31) or a time, not ${JSON.stringify(value.slice(0, 40))}`,
    );
  if (time <= now) throw new RepobaseError("usage", `expires is past: ${JSON.stringify(value.slice(0, 40))}`);
  return new Date(time).toISOString();
}
