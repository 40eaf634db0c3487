/** Where a server may be. Keys do not travel in the clear, except to this machine or where the user says so. */
import { RepobaseError } from "../protocol/errors.ts";

/**
 * @param text an http(s) URL; a path before `/v1/` may be part of it
 * @returns the same, in one spelling, without a slash at the end
 * @throws RepobaseError `usage`
 */
export function checkEndpoint(text: string, { allowHttp = false }: { readonly allowHttp?: boolean } = {}): string {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw new RepobaseError("usage", `"${text}" is not an http(s) address`);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    throw new RepobaseError("usage", `the server's address must be no more than host, port and path`);
  if (url.protocol === "http:" && !isLoopback(url.hostname) && !allowHttp)
    throw new RepobaseError("usage", `"${text}" would send the key in the clear`, {
      hint: "use https; in a network that you trust set REPOBASE_ALLOW_HTTP=1",
    });
  return url.href.replace(/\/+$/, "");
}

/** `URL` writes every spelling of an IPv4 address (`127.1`, `0x7f000001`) as four numbers, and IPv6 in brackets. */
const isLoopback = (host: string): boolean =>
  host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
