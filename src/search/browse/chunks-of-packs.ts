/** Which chunks may have a name, and their texts, by search packs: postings in one round of reads, groups of rows in the other. */
import { fragmentOf, offsetOf, rowAddress } from "../../lance/table.ts";
import { placeOfDoc, scoreTerms } from "../packs/bm25-rows.ts";
import { GroupReader, type RowPlace } from "../packs/group-reader.ts";
import { allowedRows } from "../packs/pack-rows.ts";
import { retrieve } from "../packs/retrieve.ts";
import type { SearchedPack } from "../packs/searched-pack.ts";
import { compilePathGlob } from "../path-glob.ts";
import { definitionTerm } from "../terms.ts";
import {
  byFile,
  byPath,
  type ReadChunk,
  type FoundChunks,
  linesOf,
  MAX_DEFINITIONS,
  type WantedChunks,
} from "./chunks-of-columns.ts";

/** An address is that of a document: its pack's place and its number. */
export async function chunksOfPacks({ view, name, term, path, signal }: WantedChunks): Promise<FoundChunks> {
  const filter = { matchesPath: path === null ? null : compilePathGlob(path), language: null };
  const packs = (view.packs ?? []).map(({ pack, source, heldBytes, seen }): SearchedPack => ({
    pack,
    source,
    heldBytes,
    seen,
    view: 0,
    allowed: allowedRows(pack, seen, filter),
  }));
  const defined = definitionTerm(name);
  const terms = [term, ...defined];
  const { evidence } = await retrieve({ packs, views: [view], terms, embed: undefined, capacity: 0, signal });
  const pathOf = (row: number): string => {
    const { pack } = packs[fragmentOf(row)] as SearchedPack;
    return pack.pathOf(pack.fileOf(offsetOf(row)));
  };
  const having = packs.flatMap(({ allowed: { mask } }, at) =>
    Array.from(evidence[at]?.[0]?.docs ?? []).flatMap((doc) => (mask?.[doc] === 0 ? [] : [rowAddress(at, doc)])),
  );
  const ofDefinitions = evidence.map((ofPack) => ofPack.slice(1));
  const defining = scoreTerms(packs, ofDefinitions, MAX_DEFINITIONS).best.map(({ pack, doc }) => rowAddress(pack, doc));
  const definitions = byPath(defining, pathOf);
  const termsOf = (row: number): string => {
    const list = evidence[fragmentOf(row)]?.[1];
    const at = list === undefined ? -1 : placeOfDoc(list.docs, offsetOf(row));
    return Array.from({ length: list?.counts[at] ?? 0 }, () => defined[0]).join(" ");
  };
  const read = (rows: readonly number[]) => readChunks(rows, { packs, signal, termsOf });
  return { candidates: byFile(having, pathOf), definitions, read };
}

async function readChunks(
  rows: readonly number[],
  of: {
    readonly packs: readonly SearchedPack[];
    readonly termsOf: (row: number) => string;
    readonly signal: AbortSignal | undefined;
  },
): Promise<ReadonlyMap<number, ReadChunk>> {
  const { packs, signal, termsOf } = of;
  const groups = new GroupReader(packs, signal);
  const places = rows.map((row): RowPlace => ({ pack: fragmentOf(row), doc: offsetOf(row) }));
  await groups.read(places);
  const text = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
  return new Map(
    rows.map((row, i): [number, ReadChunk] => {
      const place = places[i] as RowPlace;
      const { pack } = packs[place.pack] as SearchedPack;
      const file = pack.fileOf(place.doc);
      const read = groups.row(place);
      return [
        row,
        {
          path: pack.pathOf(file),
          language: pack.root.head.languages[pack.root.arrays.fileLanguage[file] as number] ?? "",
          startLine: read?.startLine ?? 1,
          lines: linesOf(text.decode(read?.contents)),
          terms: termsOf(row),
          symbol: read?.symbol ?? null,
        },
      ];
    }),
  );
}
