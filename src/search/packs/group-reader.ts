/** The second round of reads: groups of rows, each read once in a search. */
import { GROUP_ROWS } from "../../pack/format.ts";
import type { GroupRow } from "../../pack/groups.ts";
import { readPieces } from "./read-pieces.ts";
import type { SearchedPack } from "./searched-pack.ts";

export interface RowPlace {
  /** Place in the list of packs. */
  readonly pack: number;
  readonly doc: number;
}

export class GroupReader {
  readonly #groups = new Map<string, readonly GroupRow[]>();

  constructor(
    private readonly packs: readonly SearchedPack[],
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Reads the groups of the rows that were not read yet, in one wave. */
  async read(rows: readonly RowPlace[]): Promise<void> {
    const wanted = new Map<string, RowPlace>();
    for (const row of rows) if (!this.#groups.has(groupKey(row))) wanted.set(groupKey(row), row);
    const places = [...wanted.values()].map(({ pack, doc }) => ({ pack, group: groupOf(doc) }));
    const pieces = places.map(({ pack, group }) => ({ pack, part: this.#pack(pack).groupRange(group) }));
    const read = await readPieces(this.packs, pieces, this.signal);
    places.forEach(({ pack, group }, i) =>
      this.#groups.set(`${pack}:${group}`, this.#pack(pack).group(group, read[i] as Uint8Array)),
    );
  }

  /** undefined: its group was not read. */
  row(row: RowPlace): GroupRow | undefined {
    return this.#groups.get(groupKey(row))?.[row.doc % GROUP_ROWS];
  }

  #pack(at: number): SearchedPack["pack"] {
    return (this.packs[at] as SearchedPack).pack;
  }
}

const groupOf = (doc: number): number => Math.floor(doc / GROUP_ROWS);
export const groupKey = ({ pack, doc }: RowPlace): string => `${pack}:${groupOf(doc)}`;
