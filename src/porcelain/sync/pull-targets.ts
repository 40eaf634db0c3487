/** Which repositories a pull means: those registered here, and those only the server knows. */
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { findRepo } from "../../protocol/find-repo.ts";
import { requireCloud } from "../../home/require-cloud.ts";
import type { RemoteRepo } from "../../protocol/cloud-api.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import { checkRepoId } from "../../protocol/keys.ts";
import { listRemoteRepos } from "../../remote/remote-client.ts";

/** What a pull is asked for: registered here, or only known to the server. */
export interface PullTarget {
  readonly id: string;
  readonly name: string;
  readonly url: string | null;
}

/** @throws RepobaseError `repo_not_found` for a name neither this machine nor the server knows */
export async function pullTargets(of: {
  home: Home;
  names: readonly string[];
  all: boolean;
  signal?: AbortSignal | undefined;
}): Promise<readonly PullTarget[]> {
  const cloud = requireCloud(of.home);
  const { repos } = of.home.config();
  if (!of.all && of.names.length === 0)
    throw new RepobaseError("usage", "which repository?", { hint: "name it, or use --all" });
  if (of.all) return (await listRemoteRepos(cloud, of.signal)).map(targetOf);
  const targets: PullTarget[] = [];
  let remote: readonly RemoteRepo[] | undefined;
  for (const name of of.names) {
    const local = tryFind(repos, name);
    if (local) targets.push({ id: local.id, name: local.name, url: local.source.url ?? null });
    else {
      remote ??= await listRemoteRepos(cloud, of.signal);
      targets.push(targetOf(findRepo(remote, name)));
    }
  }
  return targets;
}

const targetOf = ({ id, name, url }: RemoteRepo): PullTarget => ({ id: checkRepoId(id), name, url });

function tryFind(repos: readonly RepoConfig[], name: string): RepoConfig | undefined {
  try {
    return findRepo(repos, name);
  } catch (error) {
    // unknown here: the server may know it
    if (isRepobaseError(error, "repo_not_found")) return undefined;
    throw error;
  }
}
