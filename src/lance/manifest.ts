/**
 * The Lance manifest, one version of a table: its last 16 bytes are `u64 position, u16, u16 2, "LANC"`; at the position
 * and wherever it points are messages after their u32 length. Everything in it that names a file is checked here, so that
 * no manifest can make a reader leave the table's directory.
 */
import { BitmapSet } from "../protocol/bitmap-set.ts";
import { corrupt, unsupported, within } from "./corruption.ts";
import { cut, readU64, viewOf } from "./little-endian.ts";
import { MAX_ROWS } from "./pages/open-page.ts";
import { Message } from "./protobuf.ts";
import { parseFields } from "./schema.ts";
import type { Field } from "./schema.ts";

const MAGIC = 0x434e414c;
const STORAGE_VERSIONS = new Set(["2.1", "2.2"]);
/**
 * Reader flags: 1 deletion files, 4 the v2 format, 8 configuration, 32 no transaction files; none changes what rows are.
 * Not here, so refused: 2 stable row ids, 16 several base paths, 64 overlays, 128 covering indices, and all newer ones.
 */
const KNOWN_FLAGS = 1 | 4 | 8 | 32;
/** Row addresses are exact in a double up to this fragment: id * 2^32 + offset < 2^53. */
const MAX_FRAGMENT_ID = 2 ** 21 - 1;

export interface DataFile {
  /** Relative to the table's directory, as all paths here. */
  readonly path: string;
  readonly size?: number;
  /** Field ids in this file, and at the same place the file's column of each. */
  readonly fields: readonly number[];
  readonly columns: readonly number[];
}

export interface DeletionFile {
  readonly path: string;
  readonly kind: "arrow" | "bitmap";
  readonly rows: number;
}

export interface Fragment {
  readonly id: number;
  /** Physical rows, deleted ones included: row offsets are 0 to rows - 1. */
  readonly rows: number;
  readonly files: readonly DataFile[];
  readonly deletion?: DeletionFile;
}

export interface IndexInfo {
  readonly name: string;
  readonly uuid: string;
  readonly fields: readonly number[];
  /** Ids of the table's fragments that it covers. */
  readonly fragments: readonly number[];
  /** Type URL of its details: what kind of index it is. */
  readonly type: string;
  readonly version: number;
  /** File name -> size in bytes. */
  readonly files: ReadonlyMap<string, number>;
}

export interface LanceManifest {
  readonly version: number;
  readonly fields: readonly Field[];
  readonly fragments: readonly Fragment[];
  readonly indices: readonly IndexInfo[];
}

/** @throws RepobaseError `corrupt_index` for what is no manifest, `unsupported_format` for features this reader lacks */
export function parseManifest(bytes: Uint8Array): LanceManifest {
  return within("_versions", () => {
    const view = viewOf(bytes);
    const end = bytes.length;
    if (end < 16 || view.getUint32(end - 4, true) !== MAGIC) throw corrupt("not a Lance manifest, or cut short");
    const major = view.getUint16(end - 8, true);
    const minor = view.getUint16(end - 6, true);
    if (major !== 0 || minor !== 2) throw unsupported(`Lance manifest version ${major}.${minor}`);
    const messageAt = (position: number) => new Message(cut(bytes, position + 4, view.getUint32(position, true)));
    const manifest = messageAt(readU64(view, end - 16));
    checkFeatures(manifest);
    const section = manifest.has(6) ? messageAt(manifest.number(6)) : undefined;
    const version = manifest.number(3);
    if (version < 1) throw corrupt("a manifest has no version");
    const fragments = manifest.messages(2).map(parseFragment);
    if (new Set(fragments.map((f) => f.id)).size !== fragments.length) throw corrupt("two fragments have one id");
    return {
      version,
      fields: parseFields(manifest.messages(1)),
      fragments,
      indices: section?.messages(1).map((index) => parseIndex(index, fragments)) ?? [],
    };
  });
}

function checkFeatures(manifest: Message): void {
  const flags = manifest.bigint(9);
  const unknown = flags & ~BigInt(KNOWN_FLAGS);
  if (unknown !== 0n) throw unsupported(`reader features ${unknown}`);
  const format = manifest.message(15);
  if (format?.text(1) !== "lance" || !STORAGE_VERSIONS.has(format.text(2)))
    throw unsupported(`storage version ${JSON.stringify(format?.text(2) ?? "")}`);
  if (manifest.has(18)) throw unsupported("several base paths");
}

function parseFragment(message: Message): Fragment {
  const id = message.number(1);
  const rows = message.number(4);
  if (id < 0 || id > MAX_FRAGMENT_ID) throw unsupported(`fragment id ${id}`);
  if (rows < 0 || rows > MAX_ROWS) throw unsupported(`a fragment of ${rows} rows`);
  if (message.has(5) || message.has(6)) throw unsupported("stable row ids");
  if (message.has(11)) throw unsupported("overlay files");
  const deletion = message.message(3);
  return {
    id,
    rows,
    files: message.messages(2).map(parseDataFile),
    ...(deletion && { deletion: parseDeletion(deletion, { id, rows }) }),
  };
}

function parseDataFile(message: Message): DataFile {
  if (message.has(7)) throw unsupported("several base paths");
  const fields = message.numbers(2);
  const columns = message.numbers(3);
  if (fields.length !== columns.length) throw corrupt("a data file has fields without a column");
  const size = message.number(6);
  return { path: `data/${fileName(message.text(1))}`, ...(size > 0 && { size }), fields, columns };
}

function parseDeletion(message: Message, fragment: { id: number; rows: number }): DeletionFile {
  if (message.has(7)) throw unsupported("several base paths");
  const kind = message.number(1);
  if (kind !== 0 && kind !== 1) throw unsupported(`deletion files of type ${kind}`);
  const rows = message.number(4);
  if (rows < 0 || rows > fragment.rows) throw corrupt("more rows deleted than there are");
  const name = `${fragment.id}-${message.bigint(2)}-${message.bigint(3)}`;
  return { path: `_deletions/${name}.${kind === 0 ? "arrow" : "bin"}`, kind: kind === 0 ? "arrow" : "bitmap", rows };
}

function parseIndex(message: Message, fragments: readonly Fragment[]): IndexInfo {
  const uuid = message.message(1)?.bytes(1) ?? new Uint8Array();
  if (uuid.length !== 16) throw corrupt("an index has no uuid");
  // some that it covers may be gone from the table
  const covered = new BitmapSet(message.bytes(5) ?? new Uint8Array());
  return {
    name: message.text(3),
    uuid: uuid.toHex().replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
    fields: message.numbers(2),
    fragments: fragments.flatMap(({ id }) => (covered.has(id) ? [id] : [])).sort((a, b) => a - b),
    type: message.message(6)?.text(1) ?? "",
    version: message.number(7),
    files: new Map(message.messages(10).map((file) => [fileName(file.text(1)), file.number(2)])),
  };
}

function fileName(name: string): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(name) || name.includes(".."))
    throw corrupt(`a file name ${JSON.stringify(name.slice(0, 100))}`);
  return name;
}
