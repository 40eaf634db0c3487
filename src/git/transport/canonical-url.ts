/**
 * Names of remotes. Credentials are taken off a URL at the door, so that nothing behind it can store or print them, and
 * every way to write the same repository becomes one name, so that a clone anywhere has the same id.
 */
import { RepobaseError } from "../../protocol/errors.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface RemoteUrl {
  /** http or https, without credentials, query, fragment and trailing slashes. Safe to print and to store. */
  readonly url: string;
  /** What stood before the `@`. For the one request at hand, never stored. */
  readonly credentials: Credentials | null;
}

/** `user@host:path`, git's short form of ssh. One-letter hosts are Windows drives. */
const SCP_LIKE = /^(?:[^/@:\s]+@)?([^/@:\s]{2,}):(?!\/\/)(.+)$/;
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;

/** Does this text name a remote (and not a local folder)? */
export function looksLikeUrl(text: string): boolean {
  return SCHEME.test(text) || /^[^/@:\s]+@[^/@:\s]+:/.test(text);
}

/**
 * A URL that we can clone from.
 * @throws RepobaseError `usage` for a scheme that we do not speak (ssh, git, file) and for text that is no URL
 */
export function parseRemoteUrl(text: string): RemoteUrl {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined || (scheme !== "http" && scheme !== "https")) throw unsupportedScheme(text, scheme);
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    // The text itself is left out of the message and the cause: it may hold a password.
    throw new RepobaseError("usage", "the repository URL cannot be parsed", {
      fields: { reason: cause instanceof Error ? cause.name : "invalid" },
    });
  }
  const credentials =
    url.username === "" && url.password === ""
      ? null
      : { username: decode(url.username), password: decode(url.password) };
  const path = url.pathname.replace(/\/+$/, "");
  return { url: `${url.protocol}//${url.host}${path}`, credentials };
}

/**
 * The one name of a remote repository: `host/owner/name`, host in lower case, no credentials, no default port, no `.git`.
 * http(s), ssh, git and scp-like forms of the same repository give the same name.
 * @returns null when the text is no remote (a local path, `file://`)
 */
export function canonicalUrl(text: string): string | null {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    const match = SCP_LIKE.exec(text);
    if (match === null || match[1] === undefined || match[2] === undefined) return null;
    return joinName(match[1], match[2]);
  }
  if (!["http", "https", "ssh", "git", "git+ssh", "ssh+git", "git+https"].includes(scheme)) return null;
  try {
    // Parsed as https whatever the scheme: `URL` knows hosts, ports and credentials only for schemes it calls special.
    const url = new URL(`https${text.slice(scheme.length)}`);
    return joinName(url.port === "" || isDefaultPort(scheme, url.port) ? url.hostname : url.host, url.pathname);
  } catch {
    return null; // no URL, so no name either
  }
}

const isDefaultPort = (scheme: string, port: string): boolean =>
  (scheme === "http" && port === "80") ||
  (scheme.includes("ssh") && port === "22") ||
  (scheme === "git" && port === "9418");

function joinName(host: string, path: string): string | null {
  const trimmed = decode(path)
    .replace(/\/+/g, "/")
    .replace(/^\/(?:~\/)?|\/$/g, "")
    .replace(/\.git$/i, "");
  return trimmed === "" ? null : `${host.toLowerCase()}/${trimmed}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone percent sign stands for itself
  }
}

function unsupportedScheme(text: string, scheme: string | undefined): RepobaseError {
  const isSsh = scheme?.includes("ssh") === true || (scheme === undefined && SCP_LIKE.test(text));
  const name = canonicalUrl(text);
  return new RepobaseError(
    "usage",
    `cannot clone over ${isSsh ? "ssh" : (scheme ?? "this")}: only http and https URLs`,
    {
      hint: name === null ? "for a local repository give its folder" : `try https://${name}`,
      fields: { scheme: isSsh ? "ssh" : (scheme ?? null) },
    },
  );
}
