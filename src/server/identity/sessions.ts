/**
 * Sessions of a browser: a signed cookie that says whose it is and until when; nothing is stored until one is ended before its
 * time, and then only that. A session is a person's, or that of an API key on a server without GitHub, with which it ends.
 */
import { exactOptional, literal } from "valibot";
import { checkDocument, count, fields, text } from "../../protocol/decode.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { isSha256 } from "../../protocol/ids.ts";
import type { Identity } from "./identity.ts";
import { isLoopback } from "./identity.ts";
import { type EndedSessions, isPersonId } from "./records.ts";

export interface Session {
  readonly id: string;
  /** ms, both. */
  readonly issued: number;
  readonly expires: number;
  /** One of the two: id of a person, or sha256 of a key. */
  readonly person?: string;
  readonly key?: string;
}

const PURPOSE = "session 1";
const SESSION_MS = 30 * 86_400_000;
/** So many ended ones are remembered; more, and all of the person's end. */
const MAX_ENDED = 200;

const PAYLOAD = {
  name: "session",
  damaged: "unauthorized",
  schema: fields({
    v: literal(1),
    id: text,
    issued: count,
    expires: count,
    person: exactOptional(text),
    key: exactOptional(text),
  }),
} as const;

/** @returns the value of the cookie. @param of.after ms: what is issued then or earlier is ended */
export async function issueSession(
  identity: Identity,
  of: ({ readonly person: string } | { readonly key: string }) & { readonly after: number | undefined },
): Promise<string> {
  const { after = 0, ...whose } = of;
  const issued = Math.max(identity.now(), after + 1);
  const id = crypto.getRandomValues(new Uint8Array(16)).toHex();
  return sealsOf(identity).sign(PURPOSE, { v: 1, ...whose, id, issued, expires: issued + SESSION_MS });
}

/** What the cookie says; whether it is ended is another question. undefined: none, not ours, or over. */
export async function readSession(identity: Identity, request: Request): Promise<Session | undefined> {
  const { seals } = identity;
  const value = seals && cookieOf(request, sessionCookie(ownOrigin(identity, request)));
  const payload = value ? await seals.verify(PURPOSE, value) : undefined;
  if (payload === undefined) return undefined;
  const session: Session = checkDocument(PAYLOAD, payload);
  const { person, key, issued, expires } = session;
  const whole = person === undefined ? isSha256(key) : key === undefined && isPersonId(person);
  return whole && issued < expires && expires > identity.now() ? session : undefined;
}

export const isEnded = (session: Session, { sessionsFrom, endedSessions }: EndedSessions): boolean =>
  session.issued <= (sessionsFrom ?? 0) || (endedSessions?.some(({ id }) => id === session.id) ?? false);

/** @param session undefined: all of them */
export function endSession<T extends EndedSessions>(record: T, session: Session | undefined, now: number): T {
  const left = (record.endedSessions ?? []).filter(({ until, id }) => until > now && id !== session?.id);
  const all = { ...record, sessionsFrom: Math.max(now, record.sessionsFrom ?? 0), endedSessions: [] };
  if (!session || left.length >= MAX_ENDED) return all;
  return { ...record, endedSessions: [...left, { id: session.id, until: session.expires }] };
}

/** @throws RepobaseError `forbidden` when this server has no secret to sign with */
export function sealsOf({ seals }: Identity) {
  if (seals) return seals;
  throw new RepobaseError("forbidden", "this server has no sessions", {
    hint: "its operator sets a session secret or an admin token",
  });
}

/** The server's own origin, as a browser knows it. */
export const ownOrigin = (identity: Identity, request: Request): string =>
  identity.publicOrigin ?? new URL(request.url).origin;

const isSecure = (origin: string) => origin.startsWith("https:");
const sessionCookie = (origin: string) => (isSecure(origin) ? "__Host-repobase" : "repobase");
export const stateCookie = (origin: string) => `${sessionCookie(origin)}-oauth`;

/** The first of that name, as browsers send the most specific first. */
export function cookieOf(request: Request, name: string): string | undefined {
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** A `Set-Cookie`. @param seconds 0: takes it away. @throws RepobaseError `forbidden` over http to another machine */
export function cookie(of: { origin: string; name: string; value: string; seconds: number }): string {
  const { origin, name, value, seconds } = of;
  if (!isSecure(origin) && !isLoopback(new URL(origin).hostname))
    throw new RepobaseError("forbidden", "the page signs in over https only", {
      hint: "put a proxy with a certificate before the server and set its public URL",
    });
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${isSecure(origin) ? "; Secure" : ""}`;
}

/** @param value "": the session is over */
export const setSession = (origin: string, value: string): string =>
  cookie({ origin, name: sessionCookie(origin), value, seconds: value === "" ? 0 : SESSION_MS / 1000 });
