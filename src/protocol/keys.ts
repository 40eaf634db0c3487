/**
 * Where things lie, below a user's prefix in the bucket and below the home folder alike, and which names are allowed.
 * Every id or path that comes from outside passes through here before it becomes a key (promise S6).
 */
import { RepobaseError } from "./errors.ts";
import { isSha256 } from "./ids.ts";

const REPO_ID = /^[a-z0-9][a-z0-9._-]{0,99}$/;
const TABLE_ID = /^[0-9a-f]{32}$/;
const USER_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;
/** One path segment of an object: no empty, dot or hidden names, no percent, no backslash, no control characters. */
const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** Names that start so belong to a folder's own writing: no key has one. */
export const TEMPORARY_PREFIX = ".tmp-";

function check(ok: boolean, what: string, value: string): string {
  if (!ok) throw new RepobaseError("usage", `not a valid ${what}: ${JSON.stringify(value.slice(0, 100))}`);
  return value;
}

export const isRepoId = (id: string) => REPO_ID.test(id) && !id.includes("..");
export const isUserId = (id: string) => USER_ID.test(id);
export const isTableId = (id: string) => TABLE_ID.test(id);
/** Random, as a table id is. */
export const isSpaceId = (id: string) => TABLE_ID.test(id);
export function isObjectPath(path: string): boolean {
  const segments = path.split("/");
  return path.length <= 512 && segments.length >= 2 && segments.every((s) => SEGMENT.test(s) && !s.includes(".."));
}

export const checkRepoId = (id: string) => check(isRepoId(id), "repository id", id);
export const checkUserId = (id: string) => check(isUserId(id), "user id", id);
export const checkSha256 = (hash: string) => check(isSha256(hash), "sha256", hash);
export const checkTableId = (id: string) => check(isTableId(id), "table id", id);
/** A path of an index object, relative to `index/{repoId}/`. @throws RepobaseError `usage` */
export const checkObjectPath = (path: string) => check(isObjectPath(path), "object path", path);

export const indexPrefix = (repo: string) => `index/${checkRepoId(repo)}/`;
export const objectKey = (repo: string, path: string) => indexPrefix(repo) + checkObjectPath(path);
/** @param table name of its folder, for instance `files.lance` */
export const tablePrefix = (repo: string, table: string) => `${indexPrefix(repo)}${table}/`;
export const manifestPrefix = (repo: string) => `manifests/${checkRepoId(repo)}/`;
export const manifestKey = (repo: string, sha256: string) => `${manifestPrefix(repo)}${checkSha256(sha256)}.json`;
export const snapshotPrefix = (repo: string) => `snapshots/${checkRepoId(repo)}/`;
/** The snapshots of one table. */
export const tableSnapshotPrefix = (repo: string, tableId: string) =>
  `${snapshotPrefix(repo)}${checkTableId(tableId)}/`;
export const snapshotKey = (repo: string, tableId: string, sha256: string) =>
  `${tableSnapshotPrefix(repo, tableId)}${checkSha256(sha256)}.json`;
export const REF_PREFIX = "refs/";
export const refKey = (repo: string) => `${REF_PREFIX}${checkRepoId(repo)}.json`;
/** The repository id in a key that `refKey` made. */
export const repoOfRefKey = (key: string) => key.slice(REF_PREFIX.length, -".json".length);
/** At home only: what `worktree` means for a repository, or for a linked git work tree of it. */
export const worktreeKey = (repo: string, checkout?: string) =>
  `${worktreePrefix(repo)}${checkout === undefined ? "" : `/${checkout}`}.json`;
/** Beside the repository's own: a folder for those of its linked work trees. */
export const worktreePrefix = (repo: string) => `worktrees/${checkRepoId(repo)}`;
/** At home only: lies there while a push is under way. */
export const pushMarkerKey = (repo: string) => `pushing/${checkRepoId(repo)}.json`;
/** At home only: lies there while files of a purged index may be left. */
export const purgeMarkerKey = (repo: string) => `purging/${checkRepoId(repo)}.json`;
/** In the bucket only: no ref moves while it lies there, see server/sweep.ts. */
export const sweepMarkerKey = (repo: string) => `sweeping/${checkRepoId(repo)}.json`;

/** At home and in the bucket, below no prefix that a client names: what a clean-up means to delete (gc/plan.ts). */
export const planKey = (repo: string) => `gc/${checkRepoId(repo)}.json`;
/** Written and removed at once, to read the store's clock. */
export const clockKey = (repo: string) => `gc/${checkRepoId(repo)}.now`;

/** Folders of a Lance table that say which version it is at; all its other files never change. */
export const LANCE_VERSIONS = "_versions";
export const LANCE_TRANSACTIONS = "_transactions";
export const LANCE_HINT_FILE = `${LANCE_VERSIONS}/latest_version_hint.json`;
const LANCE_VERSION_FILE = /^(\d{20})\.manifest$/;
const MAX_U64 = 18446744073709551615n;
/** Lance names versions so that the newest sorts first: 20 digits of 2^64 - 1 - version. */
export const lanceVersionFile = (version: number) =>
  `${LANCE_VERSIONS}/${(MAX_U64 - BigInt(version)).toString().padStart(20, "0")}.manifest`;
/** undefined: a file in `_versions/` that is no version. */
export function lanceVersionOf(fileName: string): number | undefined {
  const digits = LANCE_VERSION_FILE.exec(fileName)?.[1];
  return digits === undefined ? undefined : Number(MAX_U64 - BigInt(digits));
}

/** In the bucket only: which part of which bucket this is. */
export const SPACE_KEY = "space.json";

/** At home and, as the synced part of it, in the bucket. */
export const CONFIG_KEY = "config.json";

/** What lies at a key that a client and a server share. */
export type KeyKind = "object" | "manifest" | "snapshot" | "ref" | "config";

/**
 * Takes a key apart that one of the functions above made. It says what the key is for and checks no name in it.
 * @returns undefined for a key that is not shared
 */
export function parseKey(key: string): { readonly kind: KeyKind; readonly names: readonly string[] } | undefined {
  if (key === CONFIG_KEY) return { kind: "config", names: [] };
  const [room = "", ...names] = key.split("/");
  if (room === "index") return names.length >= 3 ? { kind: "object", names } : undefined;
  const document = DOCUMENTS[room];
  if (document?.names !== names.length || !key.endsWith(".json")) return undefined;
  return { kind: document.kind, names: key.slice(room.length + 1, -".json".length).split("/") };
}

const DOCUMENTS: Readonly<Record<string, { readonly kind: KeyKind; readonly names: number } | undefined>> = {
  manifests: { kind: "manifest", names: 2 },
  snapshots: { kind: "snapshot", names: 3 },
  refs: { kind: "ref", names: 1 },
};
