/** The JSON bodies of the HTTP API other than search; see docs/API.md. */

export interface WhoAmI {
  readonly userId: string;
  readonly plan: string;
  readonly scopes: readonly string[];
  /** Bytes. null: not metered. */
  readonly quotaUsed: number | null;
  readonly quotaLimit: number | null;
}

export interface RemoteRepo {
  readonly id: string;
  readonly name: string;
  readonly url: string | null;
  /** Of the default branch's commit. null, here and below: `error` says why it is not known. */
  readonly fileCount: number | null;
  /** ISO 8601. */
  readonly lastSyncedAt: string | null;
  readonly commit: string | null;
  readonly refs: Readonly<Record<string, string>>;
  /** Absent: all is well. */
  readonly error?: { readonly code: string; readonly detail: string };
}

/** RFC 9457, with our stable code. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly hint?: string | undefined;
  readonly [field: string]: unknown;
}

/** Header that carries the hex sha256 of a body, both ways. */
export const SHA256_HEADER = "x-repobase-sha256";
/** Largest body of one PUT, bytes; larger objects go in parts. Below Cloudflare's 100 MB. */
export const MAX_OBJECT_BODY = 64 * 1024 * 1024;
/** Largest JSON body (manifest, snapshot, ref, search), bytes. */
export const MAX_JSON_BODY = 16 * 1024 * 1024;
