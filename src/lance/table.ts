/**
 * A LanceDB table at one version, read-only. Opening does no I/O: the manifest's bytes come with the repository's own
 * manifest. What was read and decoded of immutable files (footers, page tables, dictionaries, deletions) is kept for the
 * table's life, as values and never as promises, so a Worker may keep a table open between requests. Every read takes
 * its caller's signal; a read that one caller gives up is none of the others'.
 */
import type { ByteDirectory } from "../bytes/byte-source.ts";
import { cachedDirectory } from "../bytes/cache.ts";
import type { ByteCache } from "../bytes/cache.ts";
import { coalescedDirectory } from "../bytes/coalesce.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { concatColumns, nullRows, pickRows } from "./column-data.ts";
import type { ColumnData } from "./column-data.ts";
import { Column } from "./column.ts";
import { corrupt, within } from "./corruption.ts";
import { decodeDeletions } from "./deletions.ts";
import { LanceFile } from "./file.ts";
import { parseManifest } from "./manifest.ts";
import type { DataFile, Fragment, IndexInfo, LanceManifest } from "./manifest.ts";
import { shapeOf } from "./schema.ts";
import type { Field, ValueShape } from "./schema.ts";

export type { Fragment, IndexInfo } from "./manifest.ts";

const ROWS_PER_FRAGMENT = 2 ** 32;

/** Fragment id * 2^32 + row offset: what native calls `_rowid`. */
export const rowAddress = (fragment: number, offset: number) => fragment * ROWS_PER_FRAGMENT + offset;
export const fragmentOf = (address: number) => Math.floor(address / ROWS_PER_FRAGMENT);
export const offsetOf = (address: number) => address % ROWS_PER_FRAGMENT;

export class LanceTable {
  readonly #directory: ByteDirectory;
  readonly #manifest: LanceManifest;
  readonly #fragments: ReadonlyMap<number, Fragment>;
  readonly #files = new Map<string, LanceFile>();
  readonly #columns = new Map<string, Column>();
  readonly #deletions = new Map<number, Set<number>>();

  private constructor(directory: ByteDirectory, manifest: LanceManifest) {
    this.#directory = directory;
    this.#manifest = manifest;
    this.#fragments = new Map(manifest.fragments.map((fragment) => [fragment.id, fragment]));
  }

  /**
   * @param directory the table's; ranges of one read are merged here, so it need not coalesce
   * @param lanceManifest bytes of a `_versions/*.manifest`
   * @param options `cache`: keeps the ranges that readers ask for, as they were before merging
   * @throws RepobaseError `unsupported_format` for flags, versions and features this reader does not know, `corrupt_index` for garbage
   */
  static open(directory: ByteDirectory, lanceManifest: Uint8Array, options: { cache?: ByteCache } = {}): LanceTable {
    const merged = coalescedDirectory(directory);
    return new LanceTable(
      options.cache ? cachedDirectory(merged, options.cache) : merged,
      parseManifest(lanceManifest),
    );
  }

  get version(): number {
    return this.#manifest.version;
  }

  get fragments(): readonly Fragment[] {
    return this.#manifest.fragments;
  }

  /** All fields, nested ones too. */
  get fields(): readonly Field[] {
    return this.#manifest.fields;
  }

  get indices(): readonly IndexInfo[] {
    return this.#manifest.indices;
  }

  /** The table's files, with neighbouring ranges merged. For readers of what belongs to the table, such as its indices. */
  get directory(): ByteDirectory {
    return this.#directory;
  }

  fragment(id: number): Fragment | undefined {
    return this.#fragments.get(id);
  }

  liveRows(): number {
    return this.fragments.reduce((sum, { rows, deletion }) => sum + rows - (deletion?.rows ?? 0), 0);
  }

  /** Memory of what was read and is kept, about. */
  get heldBytes(): number {
    let bytes = 0;
    for (const file of this.#files.values()) bytes += file.heldBytes;
    for (const column of this.#columns.values()) bytes += column.heldBytes;
    for (const deleted of this.#deletions.values()) bytes += 40 * deleted.size;
    return bytes;
  }

  /** Every file this version is made of, its manifest aside. A deletion file's size is not in the manifest. */
  files(): { path: string; size?: number }[] {
    const data = this.fragments.flatMap(({ files, deletion }) => [
      ...files.map(({ path, size }) => ({ path, ...(size !== undefined && { size }) })),
      ...(deletion ? [{ path: deletion.path }] : []),
    ]);
    const indices = this.indices.flatMap(({ uuid, files }) =>
      [...files].map(([name, size]) => ({ path: `_indices/${uuid}/${name}`, size })),
    );
    return [...data, ...indices];
  }

  /** Row offsets that are deleted. @throws RepobaseError `not_found` for a fragment this version does not have */
  async deletedRows(fragmentId: number, signal?: AbortSignal): Promise<ReadonlySet<number>> {
    const { deletion, rows } = this.#requireFragment(fragmentId);
    if (deletion === undefined) return new Set();
    const kept = this.#deletions.get(fragmentId);
    if (kept !== undefined) return kept;
    const source = this.#directory.open(deletion.path);
    const [bytes] = await source.read([{ offset: 0, length: await source.size(signal) }], signal);
    const deleted = within(deletion.path, () => decodeDeletions(bytes as Uint8Array, { deletion, rows }));
    this.#deletions.set(fragmentId, deleted);
    return deleted;
  }

  /** A column of all physical rows of a fragment, deleted ones included. Column and fragment must exist (`not_found`). */
  async scan(column: string, fragmentId: number, signal?: AbortSignal): Promise<ColumnData> {
    const fragment = this.#requireFragment(fragmentId);
    const { field, shape } = this.#requireField(column);
    const reader = await this.#column(fragment, { field, shape, signal });
    return reader === undefined ? nullRows(fragment.rows, shape) : reader.scan(signal);
  }

  /**
   * A column of the rows at these addresses, in this order, deleted rows too; fragments are read at once, each in at most
   * two steps after its footer.
   * @throws RepobaseError `not_found` for a column or an address this version does not have
   */
  async take(column: string, addresses: readonly number[], signal?: AbortSignal): Promise<ColumnData> {
    const { field, shape } = this.#requireField(column);
    if (addresses.length === 0) return nullRows(0, shape);
    /** Fragment id -> places in `addresses`. */
    const places = new Map<number, number[]>();
    addresses.forEach((address, place) => {
      const id = fragmentOf(address);
      const { rows } = this.#requireFragment(id);
      if (!Number.isSafeInteger(address) || offsetOf(address) >= rows)
        throw new RepobaseError("not_found", `no row at address ${address}`);
      const some = places.get(id);
      if (some === undefined) places.set(id, [place]);
      else some.push(place);
    });
    const parts = await Promise.all(
      [...places].map(async ([id, some]) => {
        const reader = await this.#column(this.#requireFragment(id), { field, shape, signal });
        return reader === undefined
          ? nullRows(some.length, shape)
          : reader.take(
              some.map((place) => offsetOf(addresses[place] as number)),
              signal,
            );
      }),
    );
    const positions = new Uint32Array(addresses.length);
    [...places.values()].flat().forEach((place, position) => (positions[place] = position));
    return pickRows(concatColumns(parts), positions);
  }

  #requireFragment(id: number): Fragment {
    const fragment = this.#fragments.get(id);
    if (fragment === undefined)
      throw new RepobaseError("not_found", `no fragment ${id} in version ${this.version} of the table`);
    return fragment;
  }

  #requireField(name: string): { field: Field; shape: ValueShape } {
    const field = this.fields.find((f) => f.name === name && f.parent < 0);
    if (field === undefined) throw new RepobaseError("not_found", `no column ${JSON.stringify(name)} in the table`);
    return { field, shape: shapeOf(field.type) };
  }

  /** undefined: no file of the fragment has the column, so all its rows are null. */
  async #column(
    fragment: Fragment,
    { field, shape, signal }: { field: Field; shape: ValueShape; signal: AbortSignal | undefined },
  ): Promise<Column | undefined> {
    for (const dataFile of fragment.files) {
      const at = dataFile.fields.indexOf(field.id);
      if (at < 0) continue;
      const key = `${dataFile.path}#${field.id}`;
      const kept = this.#columns.get(key);
      if (kept !== undefined) return kept;
      const file = await this.#file(dataFile, signal);
      if (file.rows !== fragment.rows)
        throw within(dataFile.path, () => corrupt(`${file.rows} rows instead of ${fragment.rows}`));
      const column = await Column.open(file, { column: dataFile.columns[at] as number, shape, signal });
      this.#columns.set(key, column);
      return column;
    }
    return undefined;
  }

  async #file({ path, size }: DataFile, signal: AbortSignal | undefined): Promise<LanceFile> {
    const kept = this.#files.get(path);
    if (kept !== undefined) return kept;
    const file = await LanceFile.open(this.#directory.open(path, size), { size, signal });
    this.#files.set(path, file);
    return file;
  }
}
