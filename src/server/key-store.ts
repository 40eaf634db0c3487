/**
 * API keys: made here, shown once, kept only as their sha256. A record lies at `keys/{sha256}.json`, outside every user's
 * prefix; a marker at `keys/of/{userId}/{sha256}` lets an operator list one user's keys without reading everybody's.
 * The marker is written first and removed last, so a crash leaves at most a marker without a key, never a hidden key.
 */
import { array, nullable, picklist } from "valibot";
import { decodeDocument, type DocumentType, fields, text, textThat } from "../protocol/decode.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import { checkUserId, isUserId } from "../protocol/keys.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { mapBounded } from "../store/map-bounded.ts";

const SCOPES = ["read", "write"] as const;
export type Scope = (typeof SCOPES)[number];

export interface KeyRecord {
  readonly userId: string;
  readonly scopes: readonly Scope[];
  readonly label: string | null;
  /** ISO 8601. */
  readonly created: string;
}

const KEY_RECORD: DocumentType<KeyRecord> = {
  name: "key record",
  damaged: "damaged_config",
  hint: "remove it and issue the key anew",
  schema: fields({
    userId: textThat(isUserId, "a user id"),
    scopes: array(picklist(SCOPES, `must be one of ${SCOPES.join(", ")}`), "must be a list"),
    label: nullable(text),
    created: text,
  }),
};

export interface ListedKey extends KeyRecord {
  /** Enough of the hash to name the key; says nothing about the key itself. */
  readonly id: string;
}

/** Top-level names of the bucket that are not users, and names that would read as one of the server's own. */
const RESERVED = new Set([
  "keys",
  "models",
  "users",
  "admin",
  "system",
  "index",
  "manifests",
  "snapshots",
  "refs",
  "repos",
  "config",
]);
const KEY = /^rb_[A-Za-z0-9_-]{43}$/;
const ID_LENGTH = 16;

const recordKey = (hash: string) => `keys/${hash}.json`;
const markerKey = (userId: string, hash: string) => `keys/of/${userId}/${hash}`;
const hashOf = (apiKey: string) => sha256Hex(new TextEncoder().encode(apiKey));

export interface IssueRequest {
  readonly userId: string;
  readonly label?: string | null;
  readonly scopes?: readonly Scope[];
}

/** @throws RepobaseError `usage` for a user id that is not allowed or belongs to the server */
export async function issueKey(
  store: ObjectStore,
  request: IssueRequest,
): Promise<{ apiKey: string; id: string } & KeyRecord> {
  checkUserId(request.userId);
  if (RESERVED.has(request.userId)) throw new RepobaseError("usage", `the user id "${request.userId}" is reserved`);
  const random = crypto.getRandomValues(new Uint8Array(32));
  const apiKey = `rb_${random.toBase64({ alphabet: "base64url", omitPadding: true })}`;
  const hash = await hashOf(apiKey);
  const record: KeyRecord = {
    userId: request.userId,
    scopes: request.scopes ?? SCOPES,
    label: request.label ?? null,
    created: new Date().toISOString(),
  };
  await store.put(markerKey(record.userId, hash), new Uint8Array(0));
  await store.put(recordKey(hash), new TextEncoder().encode(JSON.stringify(record)));
  return { apiKey, id: hash.slice(0, ID_LENGTH), ...record };
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

export async function listKeys(store: ObjectStore, userId: string): Promise<ListedKey[]> {
  const markers = await Array.fromAsync(store.list(markerKey(checkUserId(userId), "")));
  const found = await mapBounded(markers, async ({ key }) => {
    const hash = key.slice(key.lastIndexOf("/") + 1);
    const record = await readKey(store, hash);
    return record && { id: hash.slice(0, ID_LENGTH), ...record };
  });
  const listed: ListedKey[] = found.filter((key) => key !== undefined);
  return listed.sort((a, b) => (a.created < b.created ? -1 : 1));
}

/** @throws RepobaseError `not_found` when no key, or more than one, has this id */
export async function revokeKey(store: ObjectStore, id: string): Promise<ListedKey> {
  const hashes: string[] = [];
  if (/^[0-9a-f]{8,64}$/.test(id))
    for await (const { key } of store.list(`keys/${id}`)) hashes.push(key.slice("keys/".length, -".json".length));
  const [hash] = hashes;
  const record = hash !== undefined && hashes.length === 1 ? await readKey(store, hash) : undefined;
  if (hash === undefined || !record)
    throw new RepobaseError("not_found", `no key has the id ${JSON.stringify(id.slice(0, 70))}`);
  await store.delete(recordKey(hash));
  await store.delete(markerKey(record.userId, hash));
  return { id: hash.slice(0, ID_LENGTH), ...record };
}

/** @throws RepobaseError `usage` */
export function checkScopes(value: unknown): readonly Scope[] {
  const known = Array.isArray(value) && value.every((scope) => SCOPES.includes(scope as Scope));
  if (!known || !value.includes("read"))
    throw new RepobaseError("usage", 'scopes must be ["read"] or ["read", "write"]');
  return SCOPES.filter((scope) => value.includes(scope));
}
