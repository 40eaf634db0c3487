/**
 * The Lance file container: footer, schema, and the metadata of columns. Its last 40 bytes are `u64 first column
 * metadata, u64 column table, u64 global buffer table, u32 global buffers, u32 columns, u16 major, u16 minor, "LANC"`;
 * both tables are (u64 position, u64 size) pairs; global buffer 0 is the file descriptor (schema and rows).
 *
 * The tail is read once and kept: 64 KiB nearly always hold all metadata, and small files entirely, so whatever lies in
 * it costs no further read.
 */
import type { ByteRange, ByteSource } from "../bytes/byte-source.ts";
import { corrupt, unsupported, within } from "./corruption.ts";
import { readU64, viewOf } from "./little-endian.ts";
import { Message, decodeText } from "./protobuf.ts";
import { parseFields } from "./schema.ts";
import type { Field } from "./schema.ts";

const FOOTER_BYTES = 40;
const MAGIC = 0x434e414c;
/** Seven columns of one page each have 6 KB of metadata, of ten pages each 54 KB. */
const TAIL_BYTES = 64 * 1024;
const VERSIONS = new Set(["2.1", "2.2"]);
const MAX_COLUMNS = 4096;

interface Footer {
  readonly columnTable: number;
  readonly columns: number;
  readonly globalTable: number;
  readonly globals: number;
}

export class LanceFile {
  readonly #source: ByteSource;
  readonly size: number;
  readonly #tail: Uint8Array;
  readonly #columns: readonly ByteRange[];
  readonly rows: number;
  readonly fields: readonly Field[];
  readonly #metadata: ReadonlyMap<string, Uint8Array>;

  private constructor(of: {
    source: ByteSource;
    size: number;
    tail: Uint8Array;
    columns: readonly ByteRange[];
    descriptor: Message;
  }) {
    this.#source = of.source;
    this.size = of.size;
    this.#tail = of.tail;
    this.#columns = of.columns;
    this.rows = of.descriptor.number(2);
    const schema = of.descriptor.message(1);
    if (schema === undefined) throw corrupt("no schema");
    this.fields = parseFields(schema.messages(1));
    this.#metadata = schema.map(5);
  }

  /**
   * @param options `size`: of the file, where known; `tailBytes`: how much of the end to read at once and keep; `signal`: of
   *   these reads, not of later ones
   * @throws RepobaseError `corrupt_index`, `unsupported_format`, and what the source throws
   */
  static async open(
    source: ByteSource,
    options: { size?: number | undefined; tailBytes?: number; signal?: AbortSignal | undefined } = {},
  ): Promise<LanceFile> {
    const { signal } = options;
    const readOne = async (range: ByteRange) => (await source.read([range], signal))[0] as Uint8Array;
    const size = options.size ?? (await source.size(signal));
    if (size < FOOTER_BYTES) throw within(source.key, () => corrupt("too short for a Lance file"));
    let tail = await readOne(tailRange(size, options.tailBytes ?? TAIL_BYTES));
    const footer = within(source.key, () => parseFooter(tail, size));
    const tablesAt = Math.min(footer.columnTable, footer.globalTable);
    if (tablesAt < size - tail.length) tail = await readOne({ offset: tablesAt, length: size - tablesAt });
    const { columns, globals } = within(source.key, () => parseTables(footer, { tail, size }));
    const descriptorRange = globals[0] as ByteRange;
    const bytes = sliceOfTail(tail, { size, range: descriptorRange }) ?? (await readOne(descriptorRange));
    return within(source.key, () => new LanceFile({ source, size, tail, columns, descriptor: new Message(bytes) }));
  }

  get key(): string {
    return this.#source.key;
  }

  /** Memory it keeps. */
  get heldBytes(): number {
    return this.#tail.byteLength;
  }

  /** A value of the schema's metadata. */
  metadata(name: string): string | undefined {
    const bytes = this.#metadata.get(name);
    return bytes && within(this.key, () => decodeText(bytes));
  }

  /** The Page messages of a column. */
  async pageDescriptors(column: number, signal?: AbortSignal): Promise<Message[]> {
    const range = this.#columns[column];
    if (range === undefined) throw within(this.key, () => corrupt(`no column ${column}`));
    const [bytes] = await this.read([range], signal);
    return within(this.key, () => new Message(bytes as Uint8Array).messages(2));
  }

  /** Like a source's `read`, but ranges in the tail cost nothing. */
  async read(ranges: readonly ByteRange[], signal?: AbortSignal): Promise<Uint8Array[]> {
    const out: (Uint8Array | undefined)[] = ranges.map((range) => sliceOfTail(this.#tail, { size: this.size, range }));
    const missing = ranges.filter((_, i) => out[i] === undefined);
    const read = missing.length === 0 ? [] : await this.#source.read(missing, signal);
    let next = 0;
    return out.map((bytes) => bytes ?? (read[next++] as Uint8Array));
  }
}

const tailRange = (size: number, tailBytes: number): ByteRange => {
  const length = Math.min(size, tailBytes);
  return { offset: size - length, length };
};

function sliceOfTail(tail: Uint8Array, { size, range }: { size: number; range: ByteRange }): Uint8Array | undefined {
  const from = range.offset - (size - tail.length);
  return from >= 0 && from + range.length <= tail.length ? tail.subarray(from, from + range.length) : undefined;
}

function parseFooter(tail: Uint8Array, size: number): Footer {
  const view = viewOf(tail.subarray(tail.length - FOOTER_BYTES));
  if (view.getUint32(36, true) !== MAGIC) throw corrupt("not a Lance file, or cut short");
  const version = `${view.getUint16(32, true)}.${view.getUint16(34, true)}`;
  if (!VERSIONS.has(version)) throw unsupported(`Lance file version ${version}`);
  const footer = {
    columnTable: readU64(view, 8),
    globalTable: readU64(view, 16),
    globals: view.getUint32(24, true),
    columns: view.getUint32(28, true),
  };
  if (footer.columns > MAX_COLUMNS || footer.globals > MAX_COLUMNS || footer.globals === 0)
    throw corrupt("a bad footer");
  const end = size - FOOTER_BYTES;
  if (footer.columnTable + 16 * footer.columns > end || footer.globalTable + 16 * footer.globals > end)
    throw corrupt("a bad footer");
  return footer;
}

function parseTables(
  footer: Footer,
  { tail, size }: { tail: Uint8Array; size: number },
): { columns: ByteRange[]; globals: ByteRange[] } {
  const view = viewOf(tail);
  const table = (position: number, entries: number) =>
    Array.from({ length: entries }, (_, i): ByteRange => {
      const at = position - (size - tail.length) + 16 * i;
      const range = { offset: readU64(view, at), length: readU64(view, at + 8) };
      if (range.offset + range.length > size) throw corrupt("metadata outside of the file");
      return range;
    });
  return { columns: table(footer.columnTable, footer.columns), globals: table(footer.globalTable, footer.globals) };
}
