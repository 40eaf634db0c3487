/**
 * Reads Lance's full-text index, format 2, of a column of space-joined tokens. Opening reads, at once, the token set and
 * the documents' lengths whole and the tail of the posting lists; a look-up of any number of terms then takes two steps
 * of parallel reads, one once the places of posting lists are known. Data that serves pruning is never read.
 *
 * Statistics are those of the index: rows deleted since it was built are counted, and come with the postings.
 */
import { corrupt, unsupported, within } from "./corruption.ts";
import { lookupIn, openIndexFile, openPartition, partitionBytes, scanColumn } from "./fts-partition.ts";
import type { FtsPartition, Postings } from "./fts-partition.ts";
import type { IndexInfo, LanceTable } from "./table.ts";

export type { Postings } from "./fts-partition.ts";

const INDEX_TYPE = "/lance.table.InvertedIndexDetails";
const METADATA_FILE = "metadata.lance";

export class FtsIndex {
  readonly #partitions: readonly FtsPartition[];
  readonly coveredFragments: ReadonlySet<number>;
  /** Rows with at least one token. */
  readonly documentCount: number;
  readonly totalTokens: number;

  private constructor(partitions: readonly FtsPartition[], coveredFragments: ReadonlySet<number>) {
    this.#partitions = partitions;
    this.coveredFragments = coveredFragments;
    this.documentCount = partitions.reduce((sum, p) => sum + p.addresses.length, 0);
    this.totalTokens = partitions.reduce((sum, p) => sum + p.totalTokens, 0);
  }

  /**
   * @returns undefined when the column has no full-text index
   * @throws RepobaseError `unsupported_format` for another index format, or a tokenizer that changes our tokens
   */
  static async open(table: LanceTable, column: string, signal?: AbortSignal): Promise<FtsIndex | undefined> {
    const field = table.fields.find((f) => f.name === column && f.parent < 0);
    const found = table.indices.filter(
      (i) => i.type === INDEX_TYPE && field !== undefined && i.fields.includes(field.id),
    );
    const [info] = found;
    if (info === undefined) return undefined;
    if (found.length > 1 || info.fields.length !== 1)
      throw unsupported(`a full-text index in ${found.length} segments`);
    // The names of the files tell the partitions, so that all of them can be read together with the metadata.
    const ids = [...info.files.keys()]
      .flatMap((name) => /^part_(\d{1,15})_tokens\.lance$/.exec(name)?.[1] ?? [])
      .toSorted((a, b) => Number(a) - Number(b));
    const [metadata, ...partitions] = await Promise.all([
      openMetadata(table, info, signal),
      ...ids.map((id) => openPartition(table, { info, id, signal })),
    ]);
    if (metadata.join() !== ids.map(Number).join()) throw corrupt("a full-text index lacks files of a partition");
    return new FtsIndex(partitions, new Set(info.fragments));
  }

  /** Memory it keeps, about. */
  get heldBytes(): number {
    return this.#partitions.reduce((sum, partition) => sum + partitionBytes(partition), 0);
  }

  /** One entry per term, in their order; undefined: no document has it. Postings go in order of partition, then document. */
  async lookup(terms: readonly string[], signal?: AbortSignal): Promise<(Postings | undefined)[]> {
    const keys = terms.map((term) => new TextEncoder().encode(term));
    const found = await Promise.all(this.#partitions.map((partition) => lookupIn(partition, keys, signal)));
    return terms.map((_, t) => joinPostings(found.flatMap((postings) => postings[t] ?? [])));
  }
}

/** @returns the partitions' ids, ascending */
async function openMetadata(table: LanceTable, info: IndexInfo, signal: AbortSignal | undefined): Promise<number[]> {
  const file = await openIndexFile(table, { info, name: METADATA_FILE, signal });
  const expected = {
    format_version: "2",
    token_set_format: "fst",
    posting_block_size: "128",
    posting_tail_codec: "varint_delta_v1",
  };
  for (const [name, value] of Object.entries(expected)) {
    const actual = file.metadata(name);
    if (actual !== value)
      throw within(file.key, () => unsupported(`full-text index with ${name} ${JSON.stringify(actual)}`));
  }
  const parsed = within(file.key, () => {
    try {
      return {
        params: JSON.parse(file.metadata("params") ?? "") as unknown,
        ids: JSON.parse(file.metadata("partitions") ?? "") as unknown,
      };
    } catch (cause) {
      throw corrupt("the metadata of a full-text index is not JSON", cause);
    }
  });
  within(file.key, () => checkTokenizer(parsed.params));
  const dropped = await scanColumn(file, "deleted_fragments", signal);
  if (dropped.kind !== "binary" || dropped.items.some((item) => item.length > 0 && !isEmptyBitmap(item)))
    throw within(file.key, () => unsupported("a full-text index with dropped fragments"));
  if (!Array.isArray(parsed.ids) || !parsed.ids.every((id) => Number.isSafeInteger(id)))
    throw within(file.key, () => corrupt("a full-text index has no partitions"));
  return (parsed.ids as number[]).toSorted((a, b) => a - b);
}

/** The empty Roaring bitmap: the cookie without runs, and no containers. */
const isEmptyBitmap = (bytes: Uint8Array) => bytes.toHex() === "3a30000000000000";

/** Tokens must be ours alone: whatever is between white space, as it is. */
function checkTokenizer(params: unknown): void {
  const p = (params ?? {}) as Record<string, unknown>;
  const plain =
    p["base_tokenizer"] === "whitespace" &&
    !p["lower_case"] &&
    !p["stem"] &&
    !p["remove_stop_words"] &&
    !p["ascii_folding"];
  if (!plain)
    throw unsupported(
      `a full-text index made with the tokenizer ${JSON.stringify(p["base_tokenizer"])} and its filters`,
    );
}

function joinPostings(parts: readonly Postings[]): Postings | undefined {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first;
  const length = parts.reduce((sum, part) => sum + part.documentFrequency, 0);
  const joined = {
    documentFrequency: length,
    addresses: new Float64Array(length),
    frequencies: new Uint32Array(length),
    documentLengths: new Uint32Array(length),
  };
  let at = 0;
  for (const part of parts) {
    joined.addresses.set(part.addresses, at);
    joined.frequencies.set(part.frequencies, at);
    joined.documentLengths.set(part.documentLengths, at);
    at += part.documentFrequency;
  }
  return joined;
}
