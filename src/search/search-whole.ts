/**
 * A search of several repositories of which some may be damaged: they are left out, and the answer says which and why. Damage may
 * show when a repository is opened, or only when the search reads of it.
 */
import { type ErrorCode, isRepobaseError, type RepobaseError } from "../protocol/errors.ts";
import type { SearchResponse } from "../protocol/search-api.ts";
import type { IndexView } from "./index-view.ts";
import { type LeftOut, type OpenedViews, warningOf } from "./open-views.ts";

/** What may be wrong with one repository that is no reason not to search the others. */
export const DAMAGE: readonly ErrorCode[] = ["corrupt_index", "hash_mismatch", "unsupported_format"];

const isDamage = (error: unknown): error is RepobaseError => isRepobaseError(error, ...DAMAGE);

/**
 * @param of.opened with `leaveOut` of DAMAGE, and what else is left out; that alone does not make an answer partial
 * @param of.onDamage told of each repository that is damaged
 * @throws what `search` throws, damage too when no repository is whole
 */
export async function searchWhole(of: {
  readonly opened: OpenedViews;
  readonly search: (views: readonly IndexView[]) => Promise<SearchResponse>;
  readonly onDamage?: (error: RepobaseError) => void;
}): Promise<SearchResponse> {
  const { found, damaged } = await searchOrSort(of.opened.views, of.search);
  const leftOut = [...of.opened.leftOut, ...damaged];
  const errors = leftOut.filter(({ error }) => isDamage(error));
  for (const { error } of errors) of.onDamage?.(error);
  return {
    ...found,
    warnings: [...leftOut.map(warningOf), ...found.warnings],
    ...(errors.length > 0 && {
      partial: true,
      errors: errors.map(({ repoId, error }) => ({ repoId, code: error.code, detail: error.message })),
    }),
  };
}

async function searchOrSort(
  views: readonly IndexView[],
  search: (views: readonly IndexView[]) => Promise<SearchResponse>,
): Promise<{ found: SearchResponse; damaged: readonly LeftOut[] }> {
  try {
    return { found: await search(views), damaged: [] };
  } catch (error) {
    if (!isDamage(error)) throw error;
    // an error does not say of which repository it is; each alone does
    const damaged: LeftOut[] = [];
    for (const [repoId, own] of Map.groupBy(views, (view) => view.repoId)) {
      const why = await search(own).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (isDamage(why)) damaged.push({ repoId, error: why });
    }
    const whole = views.filter((view) => !damaged.some(({ repoId }) => repoId === view.repoId));
    if (whole.length === 0 || damaged.length === 0) throw error;
    return { found: await search(whole), damaged };
  }
}
