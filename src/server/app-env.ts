/** What every route is given: the parts made once for an app, and what the middleware learned about this request. */
import type { Bucket } from "./bucket.ts";
import type { Failure } from "./failure.ts";
import type { KnownKeys } from "./known-keys.ts";
import type { Scope } from "./key-store.ts";
import type { Limits } from "./limits.ts";
import type { ViewCache } from "../search/open-view.ts";

/** Says whether the holder of `key` may make one more request now. */
export type RateLimit = (key: string) => Promise<{ readonly ok: boolean; /** Seconds. */ readonly retryAfter: number }>;

/** undefined: this server cannot run that model. */
export type EmbedQuery = (modelId: string, text: string) => Promise<Float32Array | undefined>;

export interface Services {
  /** The whole bucket, all users. */
  readonly bucket: Bucket;
  readonly limits: Limits;
  readonly adminToken: string | undefined;
  readonly rateLimit: RateLimit | undefined;
  readonly embedQuery: EmbedQuery;
  readonly knownKeys: KnownKeys;
  readonly views: ViewCache;
  /** See describe-repos.ts. */
  readonly counts: ViewCache;
  /** Told of every error that is not the caller's doing. */
  readonly onFailure: (failure: Failure) => void;
}

export interface Caller {
  readonly userId: string;
  readonly scopes: readonly Scope[];
}

export interface AppEnv {
  Variables: {
    caller: Caller;
    /** The caller's part of the bucket; there is no way out of it. */
    home: Bucket;
  };
}
