/** Reads what results show of their rows: one round of reads, all columns of all views at once. */
import type { LanceTable } from "../lance/table.ts";
import { i32s, strings } from "../lance/values.ts";
import { readableText } from "../text/file-text.ts";
import { RepobaseError } from "../protocol/errors.ts";
import type { ChunkHit, RankExplanation } from "../protocol/search-api.ts";
import type { Candidate, IndexView, SearchedView } from "./index-view.ts";
import type { RankedFile } from "./ranking.ts";

/** A result lists at most this many other chunks: enough to jump around a file, little enough to read. */
export const MAX_OTHER_CHUNKS = 9;

export interface HydratedFile {
  readonly view: IndexView;
  readonly path: string;
  readonly language: string;
  readonly contents: string;
  readonly best: ChunkHit;
  readonly others: readonly ChunkHit[];
  readonly explain: RankExplanation;
}

/** The files with their rows' values, in the order given. */
export async function hydrate(groups: readonly RankedFile[], views: readonly SearchedView[]): Promise<HydratedFile[]> {
  const byView = await Promise.all(
    views.map(async (searched) => {
      const ofView = groups.filter(({ best }) => best.view === searched.index);
      return ofView.length === 0 ? [] : await hydrateView(ofView, searched);
    }),
  );
  const hydrated = new Map(byView.flat());
  return groups.flatMap((group) => hydrated.get(group) ?? []);
}

async function hydrateView(
  groups: readonly RankedFile[],
  { view, signal }: SearchedView,
): Promise<[RankedFile, HydratedFile][]> {
  const shown = await readShown(groups, view.table, signal);
  return groups.map((group, at) => {
    const path = shown.paths[at];
    const contents = shown.contents[at];
    if (typeof path !== "string" || typeof contents !== "string")
      throw new RepobaseError("corrupt_index", `a row of ${view.repoId} has no path or contents`);
    const language = shown.languages[at] ?? "";
    const others = shownOthers(group)
      .map(shown.chunk)
      .sort((a, b) => b.score - a.score || a.startLine - b.startLine);
    const { best, explain } = group;
    return [
      group,
      { view, path, language, contents: readableText(contents), best: shown.chunk(best), others, explain },
    ];
  });
}

const shownOthers = ({ others }: RankedFile): readonly Candidate[] => others.slice(0, MAX_OTHER_CHUNKS);

/** Of each file's best row its texts, and of all rows shown their places. */
async function readShown(groups: readonly RankedFile[], table: LanceTable, signal: AbortSignal | undefined) {
  const bests = groups.map(({ best }) => best.address);
  const all = groups.flatMap((group) => [group.best, ...shownOthers(group)]).map(({ address }) => address);
  const take = (column: string, addresses: readonly number[]) => table.take(column, addresses, signal);
  const [paths, languages, contents, startLines, endLines, symbols] = await Promise.all([
    take("path", bests).then(strings),
    take("language", bests).then(strings),
    take("contents", bests).then(strings),
    take("startLine", all).then(i32s),
    take("endLine", all).then(i32s),
    take("symbol", all).then(strings),
  ]);
  const place = new Map(all.map((address, at) => [address, at]));
  const chunk = ({ address, score }: Candidate): ChunkHit => {
    const at = place.get(address) ?? -1;
    return { startLine: startLines[at] ?? 0, endLine: endLines[at] ?? 0, symbol: symbols[at] ?? null, score };
  };
  return { paths, languages, contents, chunk };
}
