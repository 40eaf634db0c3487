/** Where a key of the bucket is found in the HTTP API: the one table that maps the two. */
import { RepobaseError } from "../protocol/errors.ts";
import { type KeyKind, parseKey } from "../protocol/keys.ts";
import { checkStoreKey } from "../store/store-key.ts";

const ROUTES: Readonly<Record<KeyKind, string>> = {
  object: "/v1/index",
  manifest: "/v1/manifest",
  snapshot: "/v1/snapshots",
  ref: "/v1/refs",
  config: "/v1/config",
};

/** @returns the path of the URL, starting with `/v1/`. @throws RepobaseError `usage` for a key the API does not serve */
export function apiPath(key: string): string {
  const parsed = parseKey(checkStoreKey(key));
  if (!parsed) throw new RepobaseError("usage", `the HTTP API has no place for "${key}"`);
  return [ROUTES[parsed.kind], ...parsed.names.map(encodeURIComponent)].join("/");
}
