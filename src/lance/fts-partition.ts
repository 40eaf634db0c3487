/**
 * One partition of a full-text index, three files: the token set (token -> term number), the documents (row address and
 * length by document number) and the posting lists (by term number). The first two are read whole when it is opened.
 */
import { Column, ListColumn } from "./column.ts";
import { corrupt, within } from "./corruption.ts";
import { LanceFile } from "./file.ts";
import { Fst } from "./fst.ts";
import { decodePostings } from "./postings.ts";
import { leafColumn, shapeOf } from "./schema.ts";
import type { IndexInfo, LanceTable } from "./table.ts";
import { u32s, u64s } from "./values.ts";
import type { ColumnData } from "./values.ts";

/** Parallel arrays, one entry per document (row) with the term. */
export interface Postings {
  readonly documentFrequency: number;
  readonly addresses: Float64Array;
  readonly frequencies: Uint32Array;
  /** In tokens. */
  readonly documentLengths: Uint32Array;
}

export interface FtsPartition {
  readonly tokens: Fst;
  /** By document number. */
  readonly addresses: Float64Array;
  readonly lengths: Uint32Array;
  readonly totalTokens: number;
  readonly postings: ListColumn;
  readonly documentFrequencies: Column;
  /** Rows of the posting lists' file. */
  readonly terms: number;
}

/** Memory it keeps, about. */
export const partitionBytes = (of: FtsPartition): number =>
  of.tokens.byteLength +
  of.addresses.byteLength +
  of.lengths.byteLength +
  of.postings.heldBytes +
  of.documentFrequencies.heldBytes;

/** @throws RepobaseError `corrupt_index`, `unsupported_format` */
export async function openPartition(
  table: LanceTable,
  { info, id, signal }: { info: IndexInfo; id: string; signal?: AbortSignal | undefined },
): Promise<FtsPartition> {
  const [tokens, documents, lists] = await Promise.all([
    openIndexFile(table, { info, name: `part_${id}_tokens.lance`, whole: true, signal }),
    openIndexFile(table, { info, name: `part_${id}_docs.lance`, whole: true, signal }),
    openIndexFile(table, { info, name: `part_${id}_invert.lance`, signal }),
  ]);
  const postingColumn = leafColumn(lists.fields, "_posting");
  if (postingColumn === undefined) throw within(lists.key, () => corrupt("no posting lists"));
  const [fst, rowIds, lengths, postings, documentFrequencies] = await Promise.all([
    scanColumn(tokens, "_token_fst_bytes", signal),
    scanColumn(documents, "_rowid", signal),
    scanColumn(documents, "_num_tokens", signal),
    ListColumn.open(lists, postingColumn, signal),
    openColumn(lists, "_length", signal),
  ]);
  const totalTokens = Number(documents.metadata("total_tokens"));
  if (!Number.isSafeInteger(totalTokens) || totalTokens < 0)
    throw within(documents.key, () => corrupt("no number of tokens"));
  return {
    tokens: within(tokens.key, () => {
      const [bytes] = fst.kind === "binary" ? fst.items : [];
      if (bytes === undefined) throw corrupt("no token set");
      return new Fst(bytes);
    }),
    addresses: within(documents.key, () => u64s(rowIds)),
    lengths: within(documents.key, () => u32s(lengths)),
    totalTokens,
    postings,
    documentFrequencies,
    terms: lists.rows,
  };
}

/** One entry per key, in their order; undefined: no document of the partition has it. */
export async function lookupIn(
  partition: FtsPartition,
  keys: readonly Uint8Array[],
  signal?: AbortSignal,
): Promise<(Postings | undefined)[]> {
  const rows = keys.map((key) => partition.tokens.get(key));
  const known = rows.filter((row) => row !== undefined);
  if (known.length === 0) return keys.map(() => undefined);
  if (known.some((row) => row >= partition.terms)) throw corrupt("a token has no posting list");
  const [lists, lengths] = await Promise.all([
    partition.postings.take(known, signal),
    partition.documentFrequencies.take(known, signal),
  ]);
  const frequencies = u32s(lengths);
  let next = 0;
  return rows.map((row) => {
    if (row === undefined) return undefined;
    const i = next++;
    return resolvePostings(partition, { blocks: lists[i] as Uint8Array[], length: frequencies[i] as number });
  });
}

function resolvePostings(partition: FtsPartition, of: { blocks: readonly Uint8Array[]; length: number }): Postings {
  const { documents, frequencies } = decodePostings(of.blocks, {
    length: of.length,
    documentCount: partition.addresses.length,
  });
  const addresses = new Float64Array(documents.length);
  const documentLengths = new Uint32Array(documents.length);
  for (let i = 0; i < documents.length; i++) {
    addresses[i] = partition.addresses[documents[i] as number] as number;
    documentLengths[i] = partition.lengths[documents[i] as number] as number;
  }
  return { documentFrequency: documents.length, addresses, frequencies, documentLengths };
}

/** @param of `whole`: read the file entirely, in one request */
export async function openIndexFile(
  table: LanceTable,
  of: { info: IndexInfo; name: string; whole?: boolean; signal?: AbortSignal | undefined },
): Promise<LanceFile> {
  const size = of.info.files.get(of.name);
  const source = table.directory.open(`_indices/${of.info.uuid}/${of.name}`, size);
  const { signal } = of;
  return LanceFile.open(source, { size, signal, ...(of.whole === true && { tailBytes: Number.MAX_SAFE_INTEGER }) });
}

async function openColumn(file: LanceFile, name: string, signal?: AbortSignal): Promise<Column> {
  const of = within(file.key, () => {
    const column = leafColumn(file.fields, name);
    const type = file.fields.find((f) => f.name === name && f.parent < 0)?.type;
    if (column === undefined || type === undefined) throw corrupt(`no column ${JSON.stringify(name)}`);
    return { column, shape: shapeOf(type) };
  });
  return Column.open(file, { column: of.column, shape: of.shape, signal });
}

export async function scanColumn(file: LanceFile, name: string, signal?: AbortSignal): Promise<ColumnData> {
  return (await openColumn(file, name, signal)).scan(signal);
}
