/** Where a sign-in ends: a path of our own page, whatever the link that began it says. */
import { RepobaseError } from "../../protocol/errors.ts";

/** A cookie carries it, and a cookie has 4 KB. */
const MAX_LENGTH = 1500;

/** @throws RepobaseError `usage` for what could lead to another site, or into the API */
export function checkReturn(path: string | undefined): string {
  if (path === undefined || path === "") return "/";
  const plain = /^\/(?![/\\])[\x21-\x7e]*$/.test(path) && !path.includes("\\") && path.length <= MAX_LENGTH;
  const base = "https://here.invalid";
  const url = plain && URL.canParse(path, base) ? new URL(path, base) : undefined;
  // `/./…//x` and the like: what a browser makes of it must be what stands here
  if (!url || url.origin !== base || url.pathname + url.search + url.hash !== path || !/^\/(?!v1\b)/.test(url.pathname))
    throw new RepobaseError("usage", "return must be a path of this server's page");
  return path;
}
