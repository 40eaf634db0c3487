/**
 * The ref: the one mutable object of a repository, moved only by compare-and-swap. `generation` grows with every move,
 * so that a ref that returns to an old manifest never has an old etag.
 */
import { canonicalJson } from "./canonical-json.ts";
import { RepobaseError } from "./errors.ts";
import { isSha256 } from "./ids.ts";

export const REF_FORMAT = 1;

export interface Ref {
  readonly format: number;
  /** sha256 of the manifest. */
  readonly manifest: string;
  /** The branch searched when nobody says another. */
  readonly default: string;
  /** branch -> commit; every commit here has a snapshot in the manifest. */
  readonly heads: Readonly<Record<string, string>>;
  readonly generation: number;
  /** Random id of the machine that moved it last. */
  readonly device: string;
  /** ISO 8601. */
  readonly pushedAt: string;
  /** Where the repository comes from, so that another machine can name and re-index it. No local paths. */
  readonly source: { readonly name: string; readonly url: string | null };
}

export function encodeRef(ref: Ref): Uint8Array {
  return new TextEncoder().encode(canonicalJson(ref));
}

/** @throws RepobaseError `unsupported_format` for a newer format, `corrupt_index` for anything that is no ref */
export function decodeRef(bytes: Uint8Array): Ref {
  let value: Partial<Ref>;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Ref>;
  } catch (cause) {
    throw new RepobaseError("corrupt_index", "ref is not JSON", { cause });
  }
  if (typeof value?.format === "number" && value.format > REF_FORMAT)
    throw new RepobaseError("unsupported_format", `ref format ${value.format} is newer than ${REF_FORMAT}`, {
      hint: "update repobase",
    });
  const ok =
    typeof value?.format === "number" &&
    isSha256(value.manifest) &&
    typeof value.default === "string" &&
    typeof value.heads === "object" &&
    value.heads !== null &&
    Object.values(value.heads).every((c) => typeof c === "string") &&
    Number.isSafeInteger(value.generation) &&
    typeof value.device === "string" &&
    typeof value.pushedAt === "string" &&
    typeof value.source?.name === "string";
  if (!ok) throw new RepobaseError("corrupt_index", "ref lacks fields of format 1");
  return value as Ref;
}
