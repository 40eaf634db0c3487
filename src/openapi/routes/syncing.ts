/** What a push, a pull, a repair and a clean-up send and read. */
import { union } from "valibot";
import { GARBAGE, REPAIR_HEADER, REPO_SWEPT, SHA256_HEADER } from "../../protocol/cloud-api.ts";
import { MANIFEST } from "../../protocol/manifest.ts";
import { STORED_REF } from "../../protocol/ref.ts";
import { HISTORY_PAGE } from "../../protocol/history.ts";
import { SNAPSHOT } from "../../protocol/snapshot.ts";
import {
  CONFIG,
  CONFIG_STORED,
  DOCUMENT_STORED,
  LISTED_REFS,
  OBJECT_DELETED,
  OBJECT_STORED,
  REF_MOVED,
  REPO_DELETED,
} from "../answers.ts";
import { needed, param, type Route, type RouteTable } from "../route.ts";

const SNAPSHOT_OR_PAGE = union([SNAPSHOT.schema, HISTORY_PAGE.schema]);
const BYTES = "application/octet-stream";
const HASH = { type: "string", pattern: "^[0-9a-f]{64}$" };

/** A document that is named by its own hash. */
const documentPut = (about: string, body: NonNullable<Route["body"]>): Route => ({
  about,
  needs: "write",
  body,
  answers: { 200: { schema: DOCUMENT_STORED }, 201: { schema: DOCUMENT_STORED } },
  errors: ["exists", "quota_exceeded", "length_required", "unsupported_format", "damaged_config"],
});

export const SYNCING: RouteTable = {
  "GET /v1/manifest": { about: "All refs", needs: "read", answers: { 200: { schema: LISTED_REFS } } },
  "GET /v1/manifest/:repo": {
    about: "The manifest that the ref names now",
    needs: "read",
    stored: true,
    answers: { 200: MANIFEST },
    errors: ["repo_not_found", "not_found", "corrupt_index", "unsupported_format"],
  },
  "GET /v1/manifest/:repo/:sha256": {
    about: "A manifest",
    needs: "read",
    stored: true,
    answers: { 200: MANIFEST },
    errors: ["not_found"],
  },
  "PUT /v1/manifest/:repo/:sha256": documentPut("Send a manifest", MANIFEST.schema),
  "GET /v1/snapshots/:repo/:tableId/:sha256": {
    about: "Which files a commit sees; or a page of older commits, by the link of a manifest or of a newer page",
    needs: "read",
    stored: true,
    answers: { 200: { schema: SNAPSHOT_OR_PAGE } },
    errors: ["not_found"],
  },
  "PUT /v1/snapshots/:repo/:tableId/:sha256": documentPut(
    "Send a snapshot, or a page of older commits",
    SNAPSHOT_OR_PAGE,
  ),
  "GET /v1/refs/:repo": {
    about: "The one thing of a repository that changes in place: which manifest, which branches",
    needs: "read",
    stored: true,
    answers: { 200: STORED_REF },
    errors: ["repo_not_found"],
  },
  "PUT /v1/refs/:repo": {
    about: "Move the ref by compare-and-swap, after the server checked that all it names is there",
    needs: "write",
    conditional: true,
    body: STORED_REF.schema,
    answers: { 200: { schema: REF_MOVED } },
    errors: [
      "remote_moved",
      "missing_objects",
      "quota_exceeded",
      "length_required",
      "unsupported_format",
      "corrupt_index",
      "damaged_config",
    ],
  },
  "GET /v1/config": {
    about: "The synced part of config.json",
    needs: "read",
    stored: true,
    answers: { 200: { schema: CONFIG } },
    errors: ["not_found"],
  },
  "PUT /v1/config": {
    about: "Replace it by compare-and-swap",
    needs: "write",
    conditional: true,
    body: CONFIG,
    answers: { 200: { schema: CONFIG_STORED } },
    errors: ["remote_moved"],
  },
  "GET /v1/index/:repo/:path{.+}": {
    about: "A file of the index, or one range of its bytes",
    needs: "read",
    stored: true,
    headers: { Range: param("one range, for instance `bytes=0-99`") },
    answers: { 200: BYTES, 206: BYTES },
    errors: ["not_found", "range_not_satisfiable"],
  },
  "PUT /v1/index/:repo/:path{.+}": {
    about: "Send a file of the index: create-only, 64 MiB at most",
    needs: "write",
    headers: {
      [SHA256_HEADER]: needed("of the body, hex", HASH),
      [REPAIR_HEADER]: param("`1`: replace damaged bytes by those that the current manifest names", { const: "1" }),
    },
    body: BYTES,
    answers: { 200: { schema: OBJECT_STORED }, 201: { schema: OBJECT_STORED } },
    errors: ["exists", "quota_exceeded", "length_required", "corrupt_index", "unsupported_format", "damaged_config"],
  },
  "DELETE /v1/index/:repo/:path{.+}": {
    about: "Remove a file that the current manifest does not name",
    needs: "write",
    answers: { 200: { schema: OBJECT_DELETED } },
    errors: ["in_use", "corrupt_index", "unsupported_format", "damaged_config"],
  },
  "DELETE /v1/repos/:id": {
    about: "Remove a repository from the server",
    needs: "write",
    answers: { 200: { schema: REPO_DELETED } },
    errors: ["repo_not_found", "damaged_config"],
  },
  "GET /v1/repos/:id/gc": {
    about: "What a clean-up would free in the end; changes nothing",
    needs: "read",
    answers: { 200: GARBAGE },
    errors: ["corrupt_index", "unsupported_format"],
  },
  "POST /v1/repos/:id/gc": {
    about: "Plan what nobody needs any more, and delete what has been planned for a day",
    needs: "write",
    answers: { 200: GARBAGE },
    errors: ["corrupt_index", "unsupported_format", "damaged_config"],
  },
  "POST /v1/repos/:id/sweep": {
    about: "Remove what the ref does not name; `left` above 0: call again",
    needs: "write",
    answers: { 200: REPO_SWEPT },
    errors: ["repo_not_found", "corrupt_index", "unsupported_format", "damaged_config", "remote_moved"],
  },
};
