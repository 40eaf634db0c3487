/** What is shown of the files that were found. */
import { readableText } from "../../text/file-text.ts";
import { fragmentOf, offsetOf } from "../../lance/table.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { ChunkHit, SearchHit, SearchRequest } from "../../protocol/search-api.ts";
import { MAX_OTHER_CHUNKS } from "../hydrate.ts";
import type { IndexView } from "../index-view.ts";
import type { RankedFile } from "../ranking.ts";
import { makeSnippet } from "../snippet.ts";
import type { GroupReader, RowPlace } from "./group-reader.ts";
import type { SearchedPack } from "./searched-pack.ts";

export const placeOfRow = ({ address }: { readonly address: number }): RowPlace => ({
  pack: fragmentOf(address),
  doc: offsetOf(address),
});

/** @param of.groups has read the group of each file's best row */
export function hitOf(
  file: RankedFile,
  of: {
    readonly packs: readonly SearchedPack[];
    readonly views: readonly IndexView[];
    readonly groups: GroupReader;
    readonly terms: readonly string[];
    readonly request: SearchRequest;
  },
): SearchHit {
  const { packs, views, groups, terms, request } = of;
  const place = placeOfRow(file.best);
  const { pack, view: at } = packs[place.pack] as SearchedPack;
  const view = views[at] as IndexView;
  const row = groups.row(place);
  if (row === undefined) throw new RepobaseError("corrupt_index", `a row of ${view.repoId} was not read`);
  const inFile = pack.fileOf(place.doc);
  const path = pack.pathOf(inFile);
  const lines = pack.linesOf(inFile);
  const first = pack.firstRow(inFile);
  const chunks = file.others.slice(0, MAX_OTHER_CHUNKS).map((other): ChunkHit => {
    const { doc } = placeOfRow(other);
    const { startLine, endLine } = lines[doc - first] ?? { startLine: 0, endLine: 0 };
    // its name lies in a group that nobody reads for it
    return { startLine, endLine, symbol: null, score: other.score };
  });
  const { startLine, endLine, symbol } = row;
  const contents = readableText(new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(row.contents));
  return {
    repoId: view.repoId,
    path,
    filename: path.slice(path.lastIndexOf("/") + 1),
    language: pack.root.head.languages[pack.root.arrays.fileLanguage[inFile] as number] ?? "",
    startLine,
    endLine,
    symbol,
    score: file.best.score,
    snippet: makeSnippet({ contents, startLine, symbol, terms, lines: request.snippetLines }),
    commit: view.commit,
    chunks: chunks.sort((a, b) => b.score - a.score || a.startLine - b.startLine),
    ...(request.explain === true && { explain: file.explain }),
  };
}
