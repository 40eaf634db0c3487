/**
 * The manifest: everything one consistent view of a repository's index is made of, named by the sha256 of its own
 * canonical JSON. It carries the small Lance manifest itself, so one read gives a view whatever is being written
 * beside it. It holds no time and no device: the same index has the same name on every machine.
 */
import { RepobaseError } from "./errors.ts";
import { canonicalJson } from "./canonical-json.ts";
import { isSha256 } from "./ids.ts";

export const MANIFEST_FORMAT = 1;

export interface ManifestObject {
  /** Relative to `index/{repoId}/`, for instance `files.lance/data/….lance`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

export interface Manifest {
  readonly format: number;
  readonly repo: string;
  /** Random, for the life of the table: fileIds mean something only within it. */
  readonly tableId: string;
  readonly model: { readonly id: string; readonly dim: number };
  /** Name of the chunking rules the rows were made with. */
  readonly chunker: string;
  readonly table: {
    /** Directory of the table below `index/{repoId}/`. */
    readonly name: string;
    /** Lance version number. */
    readonly version: number;
    /** The bytes of `_versions/{n}.manifest`, base64. */
    readonly manifest: string;
  };
  readonly stats: { readonly files: number; readonly rows: number; readonly bytes: number };
  /**
   * commit -> sha256 of its snapshot. Snapshots are named by their hash, so two devices that index the same commit on
   * diverged tables can never meet in one name; the manifest says which one belongs to this table.
   */
  readonly snapshots: Readonly<Record<string, string>>;
  /** Sorted by path. */
  readonly objects: readonly ManifestObject[];
}

/** Canonical bytes, the ones whose sha256 is the manifest's name. */
export function encodeManifest(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(canonicalJson(manifest));
}

/** @throws RepobaseError `unsupported_format` for a newer format, `corrupt_index` for anything that is no manifest */
export function decodeManifest(bytes: Uint8Array): Manifest {
  let value: Partial<Manifest>;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes)) as Partial<Manifest>;
  } catch (cause) {
    throw new RepobaseError("corrupt_index", "manifest is not JSON", { cause });
  }
  if (typeof value?.format !== "number") throw new RepobaseError("corrupt_index", "manifest has no format");
  if (value.format > MANIFEST_FORMAT)
    throw new RepobaseError("unsupported_format", `manifest format ${value.format} is newer than ${MANIFEST_FORMAT}`, {
      hint: "update repobase",
    });
  const ok =
    typeof value.repo === "string" &&
    typeof value.tableId === "string" &&
    typeof value.model?.id === "string" &&
    typeof value.model.dim === "number" &&
    typeof value.chunker === "string" &&
    typeof value.table?.name === "string" &&
    typeof value.table.version === "number" &&
    typeof value.table.manifest === "string" &&
    typeof value.stats?.rows === "number" &&
    typeof value.snapshots === "object" &&
    value.snapshots !== null &&
    Array.isArray(value.objects) &&
    value.objects.every((o) => typeof o?.path === "string" && Number.isSafeInteger(o.size) && isSha256(o.sha256));
  if (!ok) throw new RepobaseError("corrupt_index", "manifest lacks fields of format 1");
  return value as Manifest;
}
