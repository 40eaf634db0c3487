/** Answers that no client of ours checks whole, as schemas. */
import { array, exactOptional, literal, nullable, number, picklist, union, unknown } from "valibot";
import { ISSUED_KEY_FIELDS } from "../protocol/cloud-api.ts";
import { count, fields, text, yesNo } from "../protocol/decode.ts";
import { NOTICE_FIELDS } from "../protocol/notice-api.ts";
import { QUOTA_NAMES } from "../protocol/quota.ts";
import { STORED_REF } from "../protocol/ref.ts";
import { ROLES } from "../protocol/roles.ts";

const list = "must be a list";
const role = picklist(ROLES);

const rpc = { jsonrpc: literal("2.0"), id: exactOptional(union([text, number()])) };

/** A message to `POST /mcp`, and its answer: what is in them the protocol says, by method. */
export const RPC_MESSAGE = fields({ ...rpc, method: text, params: exactOptional(fields({})) });
export const RPC_ANSWER = fields({
  ...rpc,
  result: exactOptional(fields({})),
  error: exactOptional(fields({ code: number(), message: text, data: exactOptional(unknown()) })),
});

export const HEALTH = fields({ ok: literal(true) });

/** `GET /v1/repos/:id/files/*path` */
export const FILE = fields({
  repoId: text,
  commit: text,
  path: text,
  filename: text,
  language: text,
  blob: text,
  contents: text,
  encoding: picklist(["utf-8", "utf-16le", "utf-16be", "unknown-8bit"]),
  base64: exactOptional(text),
  redacted: yesNo,
  startLine: count,
  endLine: count,
  lineCount: count,
});

export const LISTED_REFS = fields({
  repos: array(
    fields({
      id: text,
      etag: text,
      ref: nullable(STORED_REF.schema),
      error: exactOptional(fields({ code: text, detail: text })),
    }),
    list,
  ),
});

/** Beside its head, a notice has what its kind says. */
export const NOTIFICATION = fields({
  ...NOTICE_FIELDS,
  branches: exactOptional(array(fields({ name: text, commit: nullable(text) }), list)),
  generation: exactOptional(count),
  device: exactOptional(text),
  code: exactOptional(text),
  quota: exactOptional(picklist(QUOTA_NAMES)),
  percent: exactOptional(count),
  used: exactOptional(count),
  limit: exactOptional(count),
  webhook: exactOptional(text),
});
export const NOTIFICATIONS = fields({ notifications: array(NOTIFICATION, list), next: nullable(text) });

/** A manifest or snapshot that was sent. */
export const DOCUMENT_STORED = fields({ sha256: text, size: count, created: yesNo });
export const OBJECT_STORED = fields({ path: text, sha256: text, size: count, created: yesNo });
export const OBJECT_DELETED = fields({ deleted: literal(true), path: text });
export const REF_MOVED = fields({ repo: text, etag: text });
export const CONFIG = fields({});
export const CONFIG_STORED = fields({ etag: text });
export const REPO_DELETED = fields({ deleted: literal(true), id: text, objects: count });

export const NEW_KEY = fields({
  ...ISSUED_KEY_FIELDS,
  created: text,
  person: exactOptional(nullable(text)),
});

export const MEMBER = fields({ id: text, role });
export const SPACE_MADE = fields({ id: text, name: text, kind: picklist(["personal", "shared"]), created: text });
export const OWN_SPACE_MADE = fields({
  id: text,
  name: text,
  kind: picklist(["personal", "shared"]),
  role: literal("admin"),
});
/** null: a member already. */
export const ACCEPTED = fields({ space: nullable(text), role: exactOptional(role) });
export const NAMED_BY_ID = fields({ id: text });
export const NAMED_BY_LOGIN = fields({ login: text });
export const PERSON_REMOVED = fields({ id: text, spaces: array(text, list) });
export const SIGNED_OUT = fields({ ended: picklist(["one", "all", "none"]) });
