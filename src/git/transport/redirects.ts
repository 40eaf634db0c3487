/**
 * Where a git server may send us: git's own rule (`http.followRedirects=initial`), and a little stricter. Only the first
 * request, the one for the list of refs, is redirected; to http or https, never from https back to http; and credentials go
 * to the host that the user named and to no other. Pure.
 */
import { RepobaseError } from "../../protocol/errors.ts";

/** What follows a repository's address in the first request. */
export const REFS = "/info/refs?service=git-upload-pack";

/**
 * @param of.from the whole URL that answered
 * @returns the whole URL to ask next, without credentials
 * @throws RepobaseError `failure` for a place that is not followed to, `not_a_repository` for a page that is no list of refs
 */
export function redirectTarget(of: { readonly from: string; readonly location: string }): string {
  const from = new URL(of.from);
  let to: URL;
  try {
    to = new URL(of.location, from);
  } catch {
    throw refused(from, "an address that is none");
  }
  if (to.protocol !== "http:" && to.protocol !== "https:")
    throw refused(from, `"${to.protocol}", which is not followed`);
  if (from.protocol === "https:" && to.protocol === "http:") throw refused(from, "http, where anyone may read along");
  const target = `${to.protocol}//${to.host}${to.pathname}${to.search}`;
  if (target.endsWith(REFS)) return target;
  throw new RepobaseError(
    "not_a_repository",
    `"${from.origin}" redirects to a page of "${to.host}" that is no repository`,
    {
      hint: "a private repository may answer so: give the address that git clone takes, and credentials",
      fields: { url: from.origin + from.pathname },
    },
  );
}

const refused = (from: URL, to: string): RepobaseError =>
  new RepobaseError("refused_remote", `"${from.origin}" redirects to ${to}`, {
    hint: "if you trust it, add the repository by its new address",
    fields: { url: from.origin + from.pathname },
  });

/** May what the user gave for `named` be sent to `url`? The same host and port; http may have become https. */
export function isSameHost(named: string, url: string): boolean {
  const [a, b] = [new URL(named), new URL(url)];
  if (a.origin === b.origin) return true;
  return a.hostname === b.hostname && a.port === "" && b.port === "" && b.protocol === "https:";
}
