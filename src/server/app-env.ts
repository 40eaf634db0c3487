/** What every route is given: the parts made once for an app, and what the middleware learned about this request. */
import type { Context } from "hono";
import type { Graces } from "../gc/collect-garbage.ts";
import type { Bucket } from "./bucket.ts";
import type { ServerChat } from "./chat/server-chat.ts";
import type { FailedAttempts } from "./failed-attempts.ts";
import type { Failure } from "./failure.ts";
import type { Identity } from "./identity/identity.ts";
import type { PersonRecord } from "./identity/records.ts";
import type { Session } from "./identity/sessions.ts";
import type { KeyRecord } from "./key-store.ts";
import type { KnownKeys } from "./known-keys.ts";
import type { Scope } from "../protocol/roles.ts";
import type { Later } from "./later.ts";
import type { Limits } from "./limits.ts";
import type { Outbound } from "./outbound.ts";
import type { Notices } from "./notices/notices.ts";
import type { WebPush } from "./notices/web-push.ts";
import type { Webhooks } from "./notices/webhooks.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { Settle, UsageMeter } from "./usage-meter.ts";
import type { ViewCache } from "../search/view-cache.ts";

/** Where a request comes from, as far as the runtime can tell for certain. */
export type ClientAddress = (c: Pick<Context, "req" | "env">) => string | undefined;

/** undefined: this server cannot run that model. */
export type EmbedQuery = (modelId: string, text: string) => Promise<Float32Array | undefined>;

export interface Services {
  /** The whole bucket, all users. */
  readonly bucket: Bucket;
  readonly limits: Limits;
  readonly adminToken: string | undefined;
  /** Of the requests of one user. */
  readonly rateLimit: RateLimit | undefined;
  /** Of a space's questions to its chat model. */
  readonly chatLimit: RateLimit;
  /** The chat model of spaces that have none of their own. */
  readonly chat: ServerChat | undefined;
  readonly failedAttempts: FailedAttempts;
  readonly clientAddress: ClientAddress;
  readonly embedQuery: EmbedQuery;
  readonly knownKeys: KnownKeys;
  /** People, spaces, sessions. */
  readonly identity: Identity;
  readonly usage: UsageMeter;
  /** Of the clean-up. */
  readonly graces: Graces;
  readonly views: ViewCache;
  /** See search/describe-repos.ts. */
  readonly counts: ViewCache;
  /** Told of every error that is not the caller's doing. */
  readonly onFailure: (failure: Failure) => void;
  readonly notices: Notices;
  readonly webhooks: Webhooks;
  readonly webPush: WebPush;
  /** Of the notifications that one space is sent. */
  readonly noticeLimit: RateLimit;
  /** Work after the answer. */
  readonly later: Later;
  /** Requests to addresses that users name. */
  readonly outbound: Outbound;
}

/** Who sent a request. */
export interface Asker {
  /** The key that they bring, or that their session is of. */
  readonly key?: { readonly hash: string; readonly record: KeyRecord };
  /** A person with a session. */
  readonly person?: PersonRecord;
  /** Absent: the key itself was sent. */
  readonly session?: Session;
}

export interface Caller {
  /** The space that the request is about. */
  readonly userId: string;
  /** Those of the key or session that the person's role there allows now. */
  readonly scopes: readonly Scope[];
}

export interface AppEnv {
  Variables: {
    /** Whoever asks; set before `caller`. */
    asker: Asker;
    caller: Caller;
    /** The caller's part of the bucket; there is no way out of it. */
    home: Bucket;
  };
}

/** What `storeOnce` asks before it takes bytes of a repository of the caller. */
export const admitTo =
  (services: Services, c: Pick<Context<AppEnv>, "var">, repo: string) =>
  (bytes: number): Promise<Settle> =>
    services.usage.admit(c.var.caller.userId, { repo, bytes });
