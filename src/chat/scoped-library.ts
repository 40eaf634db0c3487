/**
 * The library of one question: of the repositories that it names, and no others, at the ref that it names, and at no other. The model's
 * tools get this one, whatever they are told to look for. (That it is one space's alone is the library's own doing.)
 */
import type { Library, LibraryRepo } from "../lookup/library.ts";
import { findRepo } from "../protocol/find-repo.ts";

export interface ChatScope {
  /** Ids; none: all. */
  readonly repos: readonly string[];
  /** null: each repository's default, and the tools may name another. */
  readonly ref: string | null;
}

export function scopedLibrary(library: Library, scope: ChatScope): Library {
  const inScope = ({ id }: { readonly id: string }) => scope.repos.length === 0 || scope.repos.includes(id);
  const repos = async (): Promise<readonly LibraryRepo[]> => (await library.repos()).filter(inScope);
  /** @throws RepobaseError `repo_not_found` for one outside, as for one that is not there */
  const idOf = async (name: string): Promise<string> =>
    scope.repos.length === 0 || scope.repos.includes(name) ? name : findRepo(await repos(), name).id;
  /** A model that writes another ref, most often the commit of a source, means the one the question is about. */
  const refOf = (ref: string | null): string | null => scope.ref ?? ref;
  return {
    repos,
    search: async (request) => {
      const named = await Promise.all(request.repos.map(idOf));
      return library.search({ ...request, repos: named.length > 0 ? named : scope.repos, ref: refOf(request.ref) });
    },
    read: async (of) => library.read({ ...of, repo: await idOf(of.repo), ref: refOf(of.ref) }),
    files: async (of) => library.files({ ...of, repo: await idOf(of.repo), ref: refOf(of.ref) }),
    commits: async (of) => library.commits({ ...of, repo: await idOf(of.repo) }),
    changed: async (repo) => library.changed(await idOf(repo)),
  };
}
