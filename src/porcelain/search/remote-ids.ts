/** What repositories of the server are called here: the same words mean the same repositories, here and there. */
import type { CloudAccess, Home } from "../../home/home.ts";
import { findRepo } from "../../protocol/find-repo.ts";
import { listRemoteRepos } from "../../remote/remote-client.ts";

/** The server is asked only where a name is not known here. @throws RepobaseError `repo_not_found` */
export async function remoteIds(
  of: { readonly home: Home; readonly cloud: CloudAccess; readonly signal?: AbortSignal | undefined },
  names: readonly string[],
): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const known = of.home.config().repos;
  const unknown = names.some(
    (name) => !known.some((repo) => repo.id === name || repo.name === name || repo.id.startsWith(name)),
  );
  const remote = unknown ? (await listRemoteRepos(of.cloud, of.signal)).map(({ id, name }) => ({ id, name })) : [];
  const all = [...known, ...remote.filter((r) => !known.some((k) => k.id === r.id))];
  return names.map((name) => findRepo(all, name).id);
}
