/** Names of repositories: how an id is made so that every machine makes the same one. */
import { sha256Hex } from "../protocol/hash.ts";

/**
 * `{name}-{8 hex}`: the last path segment, readable, and a hash of where it comes from, unique.
 * @param origin the canonical URL (`host/owner/name`) where there is one, so that a clone anywhere has the same id;
 *   else the absolute path of the folder
 * @param only the one folder of it that is meant; absent: all of it
 */
export async function makeRepoId(origin: string, only?: string): Promise<string> {
  const hash = await sha256Hex(new TextEncoder().encode(only === undefined ? origin : `${origin}//${only}`));
  return `${slug(makeRepoName(origin, only))}-${hash.slice(0, 8)}`;
}

export const makeRepoName = (origin: string, only?: string): string =>
  only === undefined ? nameOfOrigin(origin) : `${nameOfOrigin(origin)}/${only}`;

const nameOfOrigin = (origin: string): string => origin.split(/[/\\]/).findLast((s) => s !== "") ?? "repo";

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/\.{2,}/g, ".")
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "")
    .slice(0, 60) || "repo";
