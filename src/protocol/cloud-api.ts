/** The JSON bodies of the HTTP API other than search; see docs/API.md. */
import { array, exactOptional, nullable, picklist } from "valibot";
import { count, type DocumentType, fields, text, textByName, textThat } from "./decode.ts";
import { isSpaceId } from "./keys.ts";
import { QUOTA_USE, type QuotaUse } from "./quota.ts";

/** An answer that is not what it should be is most often a proxy's page or another kind of server. */
export const ANSWER = { damaged: "transient", hint: "is this the address of a Repobase server?" } as const;

export interface WhoAmI {
  readonly userId: string;
  readonly plan: string;
  readonly scopes: readonly string[];
  /** Bytes; those of `quota`. null: not metered (an older server). */
  readonly quotaUsed: number | null;
  /** Bytes. null: no limit. */
  readonly quotaLimit: number | null;
  /** Absent: an older server. */
  readonly quota?: QuotaUse;
  /** Random, of this user's part of this bucket, by whatever address and key it is reached. Absent: an older server. */
  readonly spaceId?: string;
}

export const WHO_AM_I: DocumentType<WhoAmI> = {
  ...ANSWER,
  name: "answer",
  schema: fields({
    userId: text,
    plan: text,
    scopes: array(text, "must be a list"),
    quotaUsed: nullable(count),
    quotaLimit: nullable(count),
    quota: exactOptional(QUOTA_USE),
    spaceId: exactOptional(textThat(isSpaceId, "a space id")),
  }),
};

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
  /** Absent: none, or an older server. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The branch that `commit` is the head of. Absent here and below: an older server. */
  readonly default?: string | null;
  /** Of the index itself, without snapshots and manifests of the past. */
  readonly bytes?: number | null;
  /** Grows with every push. */
  readonly generation?: number | null;
  /** Id of the machine that pushed last. */
  readonly device?: string | null;
  /** `newer`: by a program newer than this server. `empty`: no branch is indexed, only commits. `error` says more of all but `ready`. */
  readonly state?: RepoState;
  /** Absent: all is well. */
  readonly error?: { readonly code: string; readonly detail: string };
}

export const REPO_STATES = ["ready", "empty", "damaged", "newer"] as const;
export type RepoState = (typeof REPO_STATES)[number];

export interface RemoteRepos {
  readonly repos: readonly RemoteRepo[];
}

export const REMOTE_REPOS: DocumentType<RemoteRepos> = {
  ...ANSWER,
  name: "answer",
  schema: fields({
    repos: array(
      fields({
        id: text,
        name: text,
        url: nullable(text),
        fileCount: nullable(count),
        lastSyncedAt: nullable(text),
        commit: nullable(text),
        refs: textByName(() => true, "commits"),
        tags: exactOptional(textByName(() => true, "commits")),
        default: exactOptional(nullable(text)),
        bytes: exactOptional(nullable(count)),
        generation: exactOptional(nullable(count)),
        device: exactOptional(nullable(text)),
        state: exactOptional(picklist(REPO_STATES, `must be one of ${REPO_STATES.join(", ")}`)),
        error: exactOptional(fields({ code: text, detail: text })),
      }),
      "must be a list",
    ),
  }),
};

/** What `DELETE /v1/repos/:id` removed. */
export interface RepoRemoved {
  readonly id: string;
  /** How many objects that was. */
  readonly objects: number;
}

export const REPO_REMOVED: DocumentType<RepoRemoved> = {
  ...ANSWER,
  name: "answer",
  schema: fields({ id: text, objects: count }),
};

/** What `POST /v1/repos/:id/sweep` removed: all that the ref does not name and that was there when it last moved. */
export interface RepoSwept {
  readonly id: string;
  readonly objects: number;
  readonly bytes: number;
  /** How many are still to be removed. */
  readonly left: number;
}

export const REPO_SWEPT: DocumentType<RepoSwept> = {
  ...ANSWER,
  name: "answer",
  schema: fields({ id: text, objects: count, bytes: count, left: count }),
};

export interface Sum {
  readonly objects: number;
  readonly bytes: number;
}

/** What a store holds of a repository: `GET /v1/repos/:id/gc`, and `POST`, which cleans up. */
export interface Garbage {
  /** What refs need. */
  readonly needed: Sum;
  /** All else, as it was before. */
  readonly unneeded: Sum;
  /** Of that, what waits in the plan now: it goes once it has been there for a day. */
  readonly planned: Sum;
  /** Of that, what was deleted. */
  readonly deleted: Sum;
}

const sum = fields({ objects: count, bytes: count });

export const GARBAGE: DocumentType<Garbage & { readonly id: string }> = {
  ...ANSWER,
  name: "answer",
  schema: fields({ id: text, needed: sum, unneeded: sum, planned: sum, deleted: sum }),
};

export interface ListedKey {
  /** Enough of the key's hash to name it; says nothing about the key itself. */
  readonly id: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly label: string | null;
  /** ISO 8601; null: `error` says why it is not known. */
  readonly created: string | null;
  /** ISO 8601; null: the key has no end. */
  readonly expires: string | null;
  /** The key's last four characters; null: not known. */
  readonly tail: string | null;
  /** Id of the person whose key it is; null: the server's admin made it for no person. Absent: an older server. */
  readonly person?: string | null;
  /** Absent: all is well. */
  readonly error?: { readonly code: string; readonly detail: string };
}

const key = { id: text, userId: text, scopes: array(text, "must be a list"), label: nullable(text) };
/** Absent in the answers of older servers. */
const sinceQuotas = { expires: exactOptional(nullable(text)), tail: exactOptional(nullable(text)) };

const LISTED_KEY = fields({
  ...key,
  ...sinceQuotas,
  created: nullable(text),
  person: exactOptional(nullable(text)),
  error: exactOptional(fields({ code: text, detail: text })),
});

type OlderKey = Omit<ListedKey, "expires" | "tail"> & Partial<Pick<ListedKey, "expires" | "tail">>;

/** `GET /v1/admin/keys?userId=` and `GET /v1/keys` */
export const LISTED_KEYS: DocumentType<{ readonly keys: readonly OlderKey[] }> = {
  ...ANSWER,
  name: "answer",
  schema: fields({ keys: array(LISTED_KEY, "must be a list") }),
};

/** `DELETE /v1/admin/keys/:id` and `DELETE /v1/keys/:id` */
export const REVOKED_KEY: DocumentType<{ readonly revoked: OlderKey }> = {
  ...ANSWER,
  name: "answer",
  schema: fields({ revoked: LISTED_KEY }),
};

export const ISSUED_KEY_FIELDS = { ...key, ...sinceQuotas, apiKey: text };

/** The answer of `POST /v1/admin/keys` and `POST /v1/keys`: the only time that the key itself is seen. */
export const ISSUED_KEY: DocumentType<{
  readonly apiKey: string;
  readonly id: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly label: string | null;
  readonly expires?: string | null;
}> = {
  ...ANSWER,
  name: "answer",
  schema: fields(ISSUED_KEY_FIELDS),
};

/** `GET /v1/admin/users` */
export const LISTED_USERS: DocumentType<{
  readonly users: readonly { readonly userId: string; readonly keys: number }[];
}> = {
  ...ANSWER,
  name: "answer",
  schema: fields({ users: array(fields({ userId: text, keys: count }), "must be a list") }),
};

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

/** What is known of a problem before its code is: every part may be missing or foreign. */
export const PROBLEM: DocumentType<Partial<Problem>> = {
  ...ANSWER,
  name: "problem",
  schema: fields({
    type: exactOptional(text),
    title: exactOptional(text),
    status: exactOptional(count),
    code: exactOptional(text),
    detail: exactOptional(text),
    hint: exactOptional(text),
  }),
};

/** Header that carries the hex sha256 of a body, both ways. */
export const SHA256_HEADER = "x-repobase-sha256";
/** Header of a PUT of an index object that may replace bytes which are not the ones the current manifest names. Its value: `1`. */
export const REPAIR_HEADER = "x-repobase-repair";
/** Largest body of one PUT, bytes; larger objects go in parts. Below Cloudflare's 100 MB. */
export const MAX_OBJECT_BODY = 64 * 1024 * 1024;
/** Largest JSON body (manifest, snapshot, ref, search), bytes. */
export const MAX_JSON_BODY = 16 * 1024 * 1024;
