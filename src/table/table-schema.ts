/**
 * The columns of an index table and what is written into its Lance schema. The schema's metadata says which table this
 * is, so that a native table found on disk names itself, whatever manifest is at hand.
 */
import type * as Arrow from "apache-arrow";

/** What a native table says about itself. */
export interface TableIdentity {
  /** 32 hex digits. */
  readonly tableId: string;
  readonly model: string;
  readonly dim: number;
  readonly chunker: string;
}

/**
 * Our long text columns repeat themselves. On 8.9 MB of TypeScript, Rust and Python sources, bytes per source byte:
 * contents .64 by default, .46 with zstd, .35 with zstd over small groups of rows (about three: a page's group table
 * costs 1.3 bytes a row, so taking one row stays two small reads); terms .68, .39, .31. Writing is not slower.
 */
const GROUPED_ZSTD: ReadonlyMap<string, string> = new Map([
  ["lance-encoding:compression", "zstd"],
  ["lance-encoding:structural-encoding", "miniblock"],
]);

export function tableSchema(arrow: typeof Arrow, identity: TableIdentity): Arrow.Schema {
  const { Field, FixedSizeList, Float16, Int32, Schema: ArrowSchema, Uint16, Uint32, Uint8, Utf8 } = arrow;
  const list = (size: number, item: Arrow.Float16 | Arrow.Uint8) =>
    new FixedSizeList(size, new Field("item", item, false));
  return new ArrowSchema(
    [
      new Field("fileId", new Uint32(), false),
      new Field("chunk", new Uint16(), false),
      new Field("path", new Utf8(), false),
      new Field("blob", new Utf8(), false),
      new Field("language", new Utf8(), false),
      new Field("startLine", new Int32(), false),
      new Field("endLine", new Int32(), false),
      new Field("symbol", new Utf8(), true, new Map(GROUPED_ZSTD)),
      new Field("contents", new Utf8(), false, new Map(GROUPED_ZSTD)),
      new Field("terms", new Utf8(), false, new Map(GROUPED_ZSTD)),
      new Field("vector", list(identity.dim, new Float16()), false),
      new Field("code", list(identity.dim / 8, new Uint8()), false),
    ],
    new Map([
      ["repobase.tableId", identity.tableId],
      ["repobase.model", identity.model],
      ["repobase.dim", String(identity.dim)],
      ["repobase.chunker", identity.chunker],
    ]),
  );
}

/** null: not one of our tables. */
export function identityOf(schema: Arrow.Schema): TableIdentity | null {
  const get = (key: string) => schema.metadata.get(`repobase.${key}`);
  const [tableId, model, dim, chunker] = [get("tableId"), get("model"), get("dim"), get("chunker")];
  if (tableId === undefined || model === undefined || dim === undefined || chunker === undefined) return null;
  return { tableId, model, dim: Number(dim), chunker };
}
