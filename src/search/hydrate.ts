/** Reads what results show of their rows: one round of reads, all columns of all views at once. */
import type { LanceTable } from "../lance/table.ts";
import { i32s, strings } from "../lance/values.ts";
import { RepobaseError } from "../protocol/errors.ts";
import type { ChunkHit, RankExplanation } from "../protocol/search-api.ts";
import type { Candidate, IndexView } from "./index-view.ts";
import type { RankedFile } from "./ranking.ts";

/** A result lists at most this many other chunks: enough to jump around a file, little enough to read. */
const MAX_OTHER_CHUNKS = 9;

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
export async function hydrate(groups: readonly RankedFile[], views: readonly IndexView[]): Promise<HydratedFile[]> {
  const byView = await Promise.all(
    views.map(async (view, index) => {
      const ofView = groups.filter(({ best }) => best.view === index);
      return ofView.length === 0 ? [] : await hydrateView(ofView, view);
    }),
  );
  const hydrated = new Map(byView.flat());
  return groups.flatMap((group) => hydrated.get(group) ?? []);
}

async function hydrateView(groups: readonly RankedFile[], view: IndexView): Promise<[RankedFile, HydratedFile][]> {
  const bests = groups.map(({ best }) => best.address);
  const all = groups
    .flatMap(({ best, others }) => [best, ...others.slice(0, MAX_OTHER_CHUNKS)])
    .map(({ address }) => address);
  const [paths, languages, contents, startLines, endLines, symbols] = await Promise.all([
    takeStrings(view.table, "path", bests),
    takeStrings(view.table, "language", bests),
    takeStrings(view.table, "contents", bests),
    view.table.take("startLine", all).then(i32s),
    view.table.take("endLine", all).then(i32s),
    takeStrings(view.table, "symbol", all),
  ]);
  const place = new Map(all.map((address, at) => [address, at]));
  const chunk = ({ address, score }: Candidate): ChunkHit => {
    const at = place.get(address) ?? -1;
    return { startLine: startLines[at] ?? 0, endLine: endLines[at] ?? 0, symbol: symbols[at] ?? null, score };
  };
  return groups.map((group, at) => {
    const path = paths[at];
    const text = contents[at];
    if (typeof path !== "string" || typeof text !== "string")
      throw new RepobaseError("corrupt_index", `a row of ${view.repoId} has no path or contents`);
    const others = group.others
      .slice(0, MAX_OTHER_CHUNKS)
      .map(chunk)
      .sort((a, b) => b.score - a.score || a.startLine - b.startLine);
    return [
      group,
      {
        view,
        path,
        language: languages[at] ?? "",
        contents: text,
        best: chunk(group.best),
        others,
        explain: group.explain,
      },
    ];
  });
}

async function takeStrings(
  table: LanceTable,
  column: string,
  addresses: readonly number[],
): Promise<(string | null)[]> {
  return strings(await table.take(column, addresses));
}
