/** What wrangler.jsonc binds, plus the secret set with `wrangler secret put ADMIN_TOKEN`. */
declare namespace Cloudflare {
  interface Env {
    readonly BUCKET: R2Bucket;
    readonly ASSETS: Fetcher;
    /** Requests of one user. */
    readonly RATE_LIMITER?: RateLimit;
    /** Wrong keys and admin tokens from one address. */
    readonly FAILURE_LIMITER?: RateLimit;
    readonly AI?: Ai;
    readonly ADMIN_TOKEN?: string;
    /** What a user may keep, until the admin says otherwise for one: a number such as `10` or `10GB`, or `none`. */
    readonly QUOTA_REPOS?: string;
    readonly QUOTA_FILES?: string;
    readonly QUOTA_BYTES?: string;
    /** Comma-separated origins, or `*`. */
    readonly CORS_ORIGINS?: string;
  }
}
