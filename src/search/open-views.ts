/** Opens what one search reads, the views of several repositories, a few at a time: the same for the home folder and the server. */
import { RepobaseError } from "../protocol/errors.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import { mapBounded } from "../store/map-bounded.ts";
import type { IndexView } from "./index-view.ts";

export interface OpenedViews {
  /** In the order of the repositories. */
  readonly views: readonly IndexView[];
  readonly leftOut: readonly LeftOut[];
  /** One for each repository that is left out. */
  readonly warnings: readonly string[];
}

export interface LeftOut {
  readonly repoId: string;
  /** Why. */
  readonly error: RepobaseError;
}

type Outcome =
  | { readonly kind: "open"; readonly views: readonly IndexView[] }
  | ({ readonly kind: "left out" } & LeftOut)
  | { readonly kind: "failed"; readonly error: unknown };

/**
 * @param of.open the views of one repository: one, or two where its uncommitted work is searched
 * @param of.leaveOut codes for which a repository is left out and named in a warning
 * @throws of several failures the first in the order of the repositories: one with another code, or, when no repository
 *   is left, any
 */
export async function openViews(of: {
  readonly repos: readonly string[];
  readonly open: (repo: string) => Promise<readonly IndexView[]>;
  readonly leaveOut: readonly ErrorCode[];
}): Promise<OpenedViews> {
  let failed = false;
  const outcomes = await mapBounded(of.repos, async (repo): Promise<Outcome | undefined> => {
    if (failed) return undefined;
    try {
      return { kind: "open", views: await of.open(repo) };
    } catch (error) {
      if (error instanceof RepobaseError && of.leaveOut.includes(error.code))
        return { kind: "left out", repoId: repo, error };
      failed = true;
      return { kind: "failed", error };
    }
  });
  // repositories are begun in their order, so what came before the first failure has an outcome
  const views: IndexView[] = [];
  const leftOut: LeftOut[] = [];
  for (const outcome of outcomes) {
    if (outcome?.kind === "failed") throw outcome.error;
    if (outcome?.kind === "left out") leftOut.push({ repoId: outcome.repoId, error: outcome.error });
    if (outcome?.kind === "open") views.push(...outcome.views);
  }
  if (views.length === 0 && leftOut[0] !== undefined) throw leftOut[0].error;
  return { views, leftOut, warnings: leftOut.map(warningOf) };
}

export const warningOf = ({ error }: LeftOut): string => `not searched: ${error.message}`;
