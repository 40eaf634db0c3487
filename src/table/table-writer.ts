/**
 * The only user of native LanceDB: creates a table, appends rows in few big batches, builds the full-text index. One
 * append is one fragment is one data file. Reading, and everything that decides what to write, is elsewhere.
 */
import { mkdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { Connection, Table } from "@lancedb/lancedb";
import type { Schema } from "apache-arrow";
import { withLibraries } from "../files/unpack-native.ts";
import { type ErrorCode, RepobaseError } from "../protocol/errors.ts";
import { rowAddress } from "../lance/table.ts";
import { arrowTable, type NumberedBlock } from "./arrow-batch.ts";
import { newestVersion } from "./lance-versions.ts";
import { setNativeEnvironment } from "./native-environment.ts";
import { identityOf, type TableIdentity, tableSchema } from "./table-schema.ts";

/**
 * Rows are appended when they take this much memory: some 6,000 of them, 5 MB on the disk. Arrow and the way into native code
 * hold up to five copies for a moment. No encoding enlarges rows, so no data file exceeds it: one upload.
 */
export const MAX_FLUSH_BYTES = 24 * 1024 * 1024;
/** The full-text index's name in the table. */
export const TEXT_INDEX = "terms_idx";

/** LanceDB and Arrow, loaded. @throws RepobaseError as `unpackLibrary` and `loadUnpacked` of files/ */
export const loadNative = async () => {
  // One text index partition whatever the number of cores: fewer files, the same ones everywhere. And no log lines of its own.
  await setNativeEnvironment({ LANCE_FTS_NUM_SHARDS: "1", LANCEDB_LOG: "error" });
  const [lancedb, arrow] = await withLibraries(() => Promise.all([import("@lancedb/lancedb"), import("apache-arrow")]));
  return { lancedb, arrow };
};
type Native = Awaited<ReturnType<typeof loadNative>>;

export class TableWriter {
  private constructor(
    private readonly native: Native,
    private readonly connection: Connection,
    private readonly table: Table,
    private readonly schema: Schema,
    readonly identity: TableIdentity,
  ) {}

  /** Opens the newest version; null: not a table of ours. @param dir absolute path of the table, `.../name.lance` */
  static async open(dir: string): Promise<TableWriter | null> {
    const open = async () => {
      const native = await loadNative();
      const connection = await native.lancedb.connect(dirname(dir));
      const table = await connection.openTable(tableName(dir));
      const identity = identityOf((await table.schema()) as Schema);
      return identity && new TableWriter(native, connection, table, tableSchema(native.arrow, identity), identity);
    };
    return attempt(`open the table "${dir}"`, open, "corrupt_index");
  }

  /**
   * A new, empty table in `dir`. One that is there already gets a version with nothing of the old in it; its files stay
   * for those who read by an older manifest.
   */
  static async create(dir: string, identity: TableIdentity): Promise<TableWriter> {
    return attempt(`create the table "${dir}"`, async () => {
      const native = await loadNative();
      await mkdir(dirname(dir), { recursive: true });
      const connection = await native.lancedb.connect(dirname(dir));
      const schema = tableSchema(native.arrow, identity);
      const mode = (await newestVersion(dir)) === null ? "create" : "overwrite";
      const table = await connection.createEmptyTable(tableName(dir), schema, { mode });
      return new TableWriter(native, connection, table, schema, identity);
    });
  }

  /** Appends one fragment. Atomic: killed, the table has all of the rows or none. */
  async append(parts: readonly NumberedBlock[]): Promise<void> {
    await attempt("append rows", () => this.table.add(arrowTable(this.native.arrow, this.schema, parts)));
  }

  /**
   * Drops whole fragments from the table's list of files. Native code then reads no data file of the table, so none need be there.
   * @returns how many rows it says were in them
   */
  async dropFragments(ids: readonly number[]): Promise<number> {
    const where = ids
      .map((id) => `(_rowid >= ${rowAddress(id, 0)} and _rowid < ${rowAddress(id + 1, 0)})`)
      .join(" or ");
    return (await attempt("delete rows", () => this.table.delete(where))).numDeletedRows;
  }

  /** Goes on from the newest version in the folder, which is another than the one this writer made. */
  async refresh(): Promise<void> {
    await attempt("open the table again", () => this.table.checkoutLatest(), "corrupt_index");
  }

  /** None there is no error. */
  async dropTextIndex(): Promise<void> {
    await attempt("drop the full-text index", async () => {
      const indices = await this.table.listIndices();
      if (indices.some(({ name }) => name === TEXT_INDEX)) await this.table.dropIndex(TEXT_INDEX);
    });
  }

  /** Builds the full-text index on `terms` anew, over all rows. */
  async indexText(): Promise<void> {
    const config = this.native.lancedb.Index.fts({
      baseTokenizer: "whitespace",
      lowercase: false,
      stem: false,
      removeStopWords: false,
      asciiFolding: false,
      withPosition: false,
      maxTokenLength: 64,
    });
    await attempt("build the full-text index", () =>
      this.table.createIndex("terms", { config, replace: true, name: TEXT_INDEX }),
    );
  }

  close(): void {
    this.table.close();
    this.connection.close();
  }
}

const tableName = (dir: string): string => basename(dir).replace(/\.lance$/, "");

/** Native errors are text: a full disk, a refusal and trouble with a file are told by its words. @param otherwise of any other */
async function attempt<T>(what: string, work: () => Promise<T>, otherwise: ErrorCode = "failure"): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof RepobaseError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    if (/no space left|os error 28|quota exceeded/i.test(message))
      throw new RepobaseError("no_space", `no space left to ${what}`, {
        hint: "free some disk space and run it again",
        cause,
      });
    if (/permission denied|read-only file system|os error (13|30)/i.test(message))
      throw new RepobaseError("home_unwritable", `not allowed to ${what}`, { cause });
    const code = /os error \d+/i.test(message) ? "io_error" : otherwise;
    throw new RepobaseError(code, `cannot ${what}: ${message.split("\n")[0]}`, { cause });
  }
}
