/**
 * One repository may be indexed more than once: as a folder and by its URL, say. Its files are results once each: the better one.
 */
import type { IndexView } from "./index-view.ts";

/** For each view the first one that is of the same repository: by its id, or by a commit that both indexes have. */
export function groupViews(views: readonly IndexView[]): readonly number[] {
  const groups = views.map((_, at) => at);
  if (views.length < 2) return groups;
  const rootOf = (at: number): number => (groups[at] === at ? at : rootOf(groups[at] ?? at));
  const seen = new Map<string, number>();
  for (const [at, { repoId, commits = [] }] of views.entries())
    for (const name of [repoId, ...commits]) {
      const before = seen.get(name);
      if (before === undefined) seen.set(name, at);
      else {
        const [a, b] = [rootOf(before), rootOf(at)];
        groups[Math.max(a, b)] = Math.min(a, b);
      }
    }
  return groups.map((_, at) => rootOf(at));
}

/** The first of each path and repository. @param views the list that `groups` is of */
export function onceEach<T extends { readonly view: IndexView; readonly path: string }>(
  files: readonly T[],
  of: { readonly views: readonly IndexView[]; readonly groups: readonly number[] },
): T[] {
  const place = new Map(of.views.map((view, at) => [view, of.groups[at]]));
  const seen = new Set<string>();
  return files.filter(({ view, path }) => {
    const name = `${place.get(view)}\0${path}`;
    return !seen.has(name) && seen.add(name);
  });
}
