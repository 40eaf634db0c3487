/** How this server signs people in: what its operator set, checked, and the parts made of it. */
import { RepobaseError } from "../../protocol/errors.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { memoryRateLimit, type RateLimit } from "../rate-limit.ts";
import { GitHub } from "./github.ts";
import { checkOrg } from "./records.ts";
import { Registry } from "./registry.ts";
import { Seals } from "./seal.ts";

export interface IdentityOptions {
  readonly github?:
    | {
        /** Default: https://github.com. http only on this machine. */
        readonly baseUrl?: string | undefined;
        readonly clientId: string | undefined;
        /** Without it the page can't sign in, the command line can. */
        readonly clientSecret?: string | undefined;
      }
    | undefined;
  /** `open`, `closed` (default), or organisations at GitHub, separated by commas. */
  readonly signUp?: string | undefined;
  /** 32 characters or more. Absent: made of the admin token. */
  readonly sessionSecret?: string | undefined;
  /** Where people reach the server, where a request cannot tell: behind a proxy. */
  readonly publicUrl?: string | undefined;
  /** Of requests that sign in, from one address; absent: SIGN_IN_LIMIT a minute, counted in this process. */
  readonly signInLimit?: RateLimit | undefined;
  /** Time limit of one request to GitHub; default 10 s. */
  readonly githubSeconds?: number;
  /** ms since the epoch; for tests. */
  readonly now?: () => number;
}

export type SignUp = "open" | "closed" | ReadonlySet<string>;

export interface Identity {
  readonly registry: Registry;
  readonly github: GitHub | undefined;
  /** undefined: no secret is known, so there are no sessions. */
  readonly seals: Seals | undefined;
  readonly signUp: SignUp;
  readonly signInLimit: RateLimit;
  readonly publicOrigin: string | undefined;
  readonly now: () => number;
}

const MIN_SECRET = 32;
const MIN_ADMIN_TOKEN = 16;
const GITHUB_SECONDS = 10;
/** A few people behind one address who wait for their device codes, each asking every five seconds. */
export const SIGN_IN_LIMIT = 120;

/** @throws RepobaseError `usage` for settings that mean nothing */
export function createIdentity(of: {
  readonly options: IdentityOptions;
  readonly bucket: ObjectStore;
  readonly adminToken: string | undefined;
  readonly keySeconds: number;
}): Identity {
  const { options, bucket, adminToken = "", keySeconds } = of;
  const { now = Date.now } = options;
  const secret = secretOf(options.sessionSecret, adminToken);
  const github = options.github?.clientId
    ? gitHubOf({ ...options.github, clientId: options.github.clientId }, options)
    : undefined;
  return {
    registry: new Registry(bucket, keySeconds, now),
    github: secret === undefined ? undefined : github,
    seals: secret === undefined ? undefined : new Seals(secret),
    signUp: parseSignUp(options.signUp),
    signInLimit: options.signInLimit ?? memoryRateLimit({ limit: SIGN_IN_LIMIT, period: 60 }),
    publicOrigin: options.publicUrl ? checkBase("the public URL", options.publicUrl, true) : undefined,
    now,
  };
}

function secretOf(given: string | undefined, adminToken: string): string | undefined {
  if (given && given.length < MIN_SECRET)
    throw new RepobaseError("usage", `the session secret needs ${MIN_SECRET} characters or more`);
  if (given) return given;
  return adminToken.length < MIN_ADMIN_TOKEN ? undefined : `admin token: ${adminToken}`;
}

function gitHubOf(
  {
    baseUrl,
    clientId,
    clientSecret,
  }: { baseUrl?: string | undefined; clientId: string; clientSecret?: string | undefined },
  { githubSeconds = GITHUB_SECONDS }: IdentityOptions,
): GitHub {
  const base = checkBase("GitHub's base URL", baseUrl || "https://github.com", false);
  return new GitHub({ baseUrl: base, clientId, clientSecret: clientSecret || undefined, seconds: githubSeconds });
}

/** @returns without a slash at the end */
function checkBase(what: string, value: string, originOnly: boolean): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const safe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (
    !url ||
    !safe ||
    url.username + url.password + url.search + url.hash !== "" ||
    (originOnly && url.pathname !== "/")
  )
    throw new RepobaseError(
      "usage",
      `${what} must be https (or http to this machine), without more: ${JSON.stringify(value.slice(0, 100))}`,
    );
  return url.origin + url.pathname.replace(/\/+$/, "");
}

export const isLoopback = (hostname: string) => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);

/** @throws RepobaseError `usage` */
export function parseSignUp(value: string | undefined): SignUp {
  const words = (value ?? "").split(",").map((word) => word.trim().toLowerCase());
  const named = words.filter((word) => word !== "");
  const [first = "closed"] = named;
  if (named.length <= 1 && (first === "open" || first === "closed")) return first;
  return new Set(named.map(checkOrg));
}

export const describeSignUp = (signUp: SignUp): string => (typeof signUp === "string" ? signUp : [...signUp].join(","));
