/**
 * Who may send a browser to a server on this machine: a page of any site can make its own name mean 127.0.0.1 (DNS rebinding) and then
 * speak with what listens there. So a request must name a host that is this server's, and a page's request must come from one.
 */
import type { MiddlewareHandler } from "hono";
import { RepobaseError } from "../protocol/errors.ts";
import { isLoopbackHost } from "./private-address.ts";

export interface KnownHosts {
  /** Only this machine reaches the server, under its own names. Absent: under whatever name leads here. */
  readonly localOnly?: boolean | undefined;
  /** Where people reach it. */
  readonly publicUrl?: string | undefined;
  /** Pages that may call the API; `*`: any. */
  readonly corsOrigins?: readonly string[] | undefined;
}

export function requireKnownHost({ localOnly, publicUrl, corsOrigins = [] }: KnownHosts): MiddlewareHandler {
  const publicHost = publicUrl ? hostOf(publicUrl) : undefined;
  return async (c, next) => {
    const { host, hostname } = new URL(c.req.url);
    if (localOnly && host !== publicHost && !isLoopbackHost(hostname))
      throw new RepobaseError("forbidden", `"${host}" is no name of this server`, {
        hint: "behind a proxy, start it with --public-url",
      });
    const origin = c.req.header("origin");
    const isKnown = (from: string) =>
      corsOrigins.includes("*") || corsOrigins.includes(from) || [host, publicHost].includes(hostOf(from) ?? "");
    if (origin !== undefined && !isKnown(origin))
      throw new RepobaseError("forbidden", "pages of this origin may not call the server", {
        hint: "the operator may allow it: serve --cors, or CORS_ORIGINS of the Worker",
      });
    await next();
  };
}

/** undefined: no URL, as `null`, the origin of a page without one. */
const hostOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).host : undefined);
