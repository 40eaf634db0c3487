/** Which repository is meant where none is named: the only one there is. */
import { RepobaseError } from "../protocol/errors.ts";
import { textOf } from "./arguments.ts";
import type { Library } from "./library.ts";

/** @throws RepobaseError `repo_not_found` when there are several, or none */
export async function onlyRepo(library: Library, named: string | null | undefined): Promise<string> {
  const repo = textOf(named);
  if (repo !== null) return repo;
  const repos = await library.repos();
  const [only] = repos;
  if (only !== undefined && repos.length === 1) return only.id;
  throw new RepobaseError("repo_not_found", repos.length === 0 ? "nothing is indexed" : "say which repository");
}
