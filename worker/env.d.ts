/** What wrangler.jsonc binds, plus the secrets set with `wrangler secret put`. */
declare namespace Cloudflare {
  interface Env {
    readonly BUCKET: R2Bucket;
    readonly ASSETS: Fetcher;
    /** Requests of one user. */
    readonly RATE_LIMITER?: RateLimit;
    /** Wrong keys and admin tokens from one address. */
    readonly FAILURE_LIMITER?: RateLimit;
    /** Requests that sign in, from one address. */
    readonly SIGN_IN_LIMITER?: RateLimit;
    /** Notifications that one space is sent. */
    readonly NOTICE_LIMITER?: RateLimit;
    /** `1`: webhooks may lead to this machine, by http too: for tests and `wrangler dev`. */
    readonly ALLOW_LOOPBACK?: string;
    readonly AI?: Ai;
    readonly ADMIN_TOKEN?: string;
    /** What a user may keep, until the admin says otherwise for one: a number such as `10` or `10GB`, or `none`. */
    readonly QUOTA_REPOS?: string;
    readonly QUOTA_FILES?: string;
    readonly QUOTA_BYTES?: string;
    /** The chat model of spaces that have none of their own (docs/ASK.md): an OpenAI-compatible address, or none for one of Workers AI. */
    readonly CHAT_BASE_URL?: string;
    readonly CHAT_MODEL?: string;
    /** Secret. */
    readonly CHAT_API_KEY?: string;
    /** Of a million tokens, in and out: `0.15/0.60`, or `0.15/0.60 EUR`. */
    readonly CHAT_PRICES?: string;
    /** Of each space: a number, or `none`; default 200. */
    readonly CHAT_QUESTIONS_PER_DAY?: string;
    /** Comma-separated origins, or `*`. */
    readonly CORS_ORIGINS?: string;
    /** `open`, `closed`, or organisations at GitHub, comma-separated. */
    readonly SIGN_UP?: string;
    /** An OAuth app's; without the id nobody signs in with GitHub. The secret is one: `wrangler secret put`. */
    readonly GITHUB_CLIENT_ID?: string;
    readonly GITHUB_CLIENT_SECRET?: string;
    readonly GITHUB_BASE_URL?: string;
    /** Secret, 32 characters or more; without it made of ADMIN_TOKEN. */
    readonly SESSION_SECRET?: string;
  }
}
