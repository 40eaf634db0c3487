/**
 * The ref: the one mutable object of a repository, moved only by compare-and-swap. `generation` grows with every move,
 * so that a ref that returns to an old manifest never has an old etag.
 */
import { exactOptional, nullable } from "valibot";
import { canonicalJson } from "./canonical-json.ts";
import { crc32 } from "./crc32.ts";
import { count, decodeDocument, type DocumentType, fields, text, textByName, textThat } from "./decode.ts";
import { RepobaseError } from "./errors.ts";
import { isSha256 } from "./ids.ts";
import { isScope } from "./path-scope.ts";

export const REF_FORMAT = 1;

export interface RefSource {
  readonly name: string;
  readonly url: string | null;
  /** The one folder of it that is indexed; absent: all of it. */
  readonly only?: string;
}

export interface Ref {
  readonly format: number;
  /** sha256 of the manifest. */
  readonly manifest: string;
  /** The branch searched when nobody says another. */
  readonly default: string;
  /** branch -> commit; every commit here has a snapshot in the manifest. */
  readonly heads: Readonly<Record<string, string>>;
  /** tag -> commit, of those that have a snapshot in the manifest. Absent: none, as in documents of older programs. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly generation: number;
  /** Random id of the machine that moved it last. */
  readonly device: string;
  /** ISO 8601. */
  readonly pushedAt: string;
  /** Where the repository comes from, so that another machine can name and re-index it. No local paths. */
  readonly source: RefSource;
}

/** With a field `crc32` more, of all other fields: what has no name made of its bytes says itself whether they are whole. */
export function encodeRef(ref: Ref): Uint8Array {
  return new TextEncoder().encode(canonicalJson({ ...ref, crc32: checksumOf(ref) }));
}

const scope = textThat(isScope, "a folder below the root");

const ENTRIES = {
  format: count,
  manifest: textThat(isSha256, "a sha256"),
  default: text,
  heads: textByName(() => true, "commits"),
  tags: exactOptional(textByName(() => true, "commits")),
  generation: count,
  device: text,
  pushedAt: text,
  source: fields({ name: text, url: nullable(text), only: exactOptional(scope) }),
};

export const REF: DocumentType<Ref> = {
  name: "ref",
  format: REF_FORMAT,
  damaged: "corrupt_index",
  schema: fields(ENTRIES),
};

/** As it lies in the bucket and goes over the wire. */
export const STORED_REF: DocumentType<Ref & { readonly crc32?: string }> = {
  ...REF,
  schema: fields({ ...ENTRIES, crc32: exactOptional(text) }),
};

/** Of the canonical JSON, 8 hex digits. */
function checksumOf(ref: object): string {
  const bytes = new TextEncoder().encode(canonicalJson(ref));
  return crc32(bytes, 0, bytes.length).toString(16).padStart(8, "0");
}

/**
 * A ref without a checksum is taken as it is: older versions and other programs write none.
 * @param key for messages
 * @throws RepobaseError `unsupported_format` for a newer format, `corrupt_index` for anything that is no ref
 */
export function decodeRef(bytes: Uint8Array, key?: string): Ref {
  // first of all: a damaged number may pass for a newer format
  if (hasWrongChecksum(bytes))
    throw new RepobaseError("corrupt_index", `${nameOf(key)} is damaged: it does not have the crc32 that it says`, {
      fields: { document: key ?? REF.name },
    });
  const { crc32: _, ...ref } = decodeDocument(STORED_REF, bytes, key);
  return ref;
}

const nameOf = (key: string | undefined): string => (key === undefined ? `the ${REF.name}` : `"${key}"`);

function hasWrongChecksum(bytes: Uint8Array): boolean {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return false; // what is no JSON is refused by name below
  }
  if (typeof value !== "object" || value === null || !("crc32" in value)) return false;
  const { crc32: expected, ...rest } = value;
  return expected !== checksumOf(rest);
}
