/** Where a key of the bucket is found in the HTTP API: the one table that maps the two. */
import { RepobaseError } from "../protocol/errors.ts";
import { checkStoreKey } from "../store/store-key.ts";

/** @returns the path of the URL, starting with `/v1/`. @throws RepobaseError `usage` for a key the API does not serve */
export function apiPath(key: string): string {
  const [room = "", ...rest] = checkStoreKey(key).split("/").map(encodeURIComponent);
  const document = (names: readonly string[]) => names.join("/").replace(/\.json$/, "");
  if (room === "index" && rest.length >= 3) return `/v1/index/${rest.join("/")}`;
  if (room === "manifests" && rest.length === 2 && key.endsWith(".json")) return `/v1/manifest/${document(rest)}`;
  if (room === "snapshots" && rest.length === 3 && key.endsWith(".json")) return `/v1/snapshots/${document(rest)}`;
  if (room === "refs" && rest.length === 1 && key.endsWith(".json")) return `/v1/refs/${document(rest)}`;
  if (key === "config.json") return "/v1/config";
  throw new RepobaseError("usage", `the HTTP API has no place for "${key}"`);
}
