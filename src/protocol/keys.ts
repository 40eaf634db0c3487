/**
 * Where things lie, below a user's prefix in the bucket and below the home folder alike, and which names are allowed.
 * Every id or path that comes from outside passes through here before it becomes a key (promise S6).
 */
import { RepobaseError } from "./errors.ts";

const REPO_ID = /^[a-z0-9][a-z0-9._-]{0,99}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const TABLE_ID = /^[0-9a-f]{32}$/;
const USER_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;
/** One path segment of an object: no empty, dot or hidden names, no percent, no backslash, no control characters. */
const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

function check(ok: boolean, what: string, value: string): string {
  if (!ok) throw new RepobaseError("usage", `not a valid ${what}: ${JSON.stringify(value.slice(0, 100))}`);
  return value;
}

export const checkRepoId = (id: string) => check(REPO_ID.test(id) && !id.includes(".."), "repository id", id);
export const checkUserId = (id: string) => check(USER_ID.test(id), "user id", id);
export const checkSha256 = (hash: string) => check(SHA256.test(hash), "sha256", hash);
export const checkTableId = (id: string) => check(TABLE_ID.test(id), "table id", id);

/** A path of an index object, relative to `index/{repoId}/`. @throws RepobaseError `usage` */
export function checkObjectPath(path: string): string {
  const segments = path.split("/");
  return check(
    path.length <= 512 && segments.length >= 2 && segments.every((s) => SEGMENT.test(s) && !s.includes("..")),
    "object path",
    path,
  );
}

export const indexPrefix = (repo: string) => `index/${checkRepoId(repo)}/`;
export const objectKey = (repo: string, path: string) => indexPrefix(repo) + checkObjectPath(path);
export const manifestKey = (repo: string, sha256: string) =>
  `manifests/${checkRepoId(repo)}/${checkSha256(sha256)}.json`;
export const snapshotKey = (repo: string, tableId: string, sha256: string) =>
  `snapshots/${checkRepoId(repo)}/${checkTableId(tableId)}/${checkSha256(sha256)}.json`;
export const refKey = (repo: string) => `refs/${checkRepoId(repo)}.json`;

/** Lance names versions so that the newest sorts first: 20 digits of 2^64 - 1 - version. */
export const lanceVersionFile = (version: number) =>
  `_versions/${(18446744073709551615n - BigInt(version)).toString().padStart(20, "0")}.manifest`;
export const LANCE_HINT_FILE = "_versions/latest_version_hint.json";
