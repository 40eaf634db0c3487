/**
 * What a repository and one cloud last agreed on. It counts only against that cloud: to another server, or another
 * user there, it would say that branches moved which never did.
 */
import type { CloudConfig, RepoConfig } from "../../home/config.ts";
import { sha256Hex } from "../../protocol/hash.ts";
import type { Ref } from "../../protocol/ref.ts";

/** Server and user; where the user is not said, the key stands for it. */
async function cloudName({ endpoint, userId, apiKey }: CloudConfig): Promise<string> {
  if (userId !== "") return `${endpoint}#${userId}`;
  return `${endpoint}#key-${(await sha256Hex(new TextEncoder().encode(apiKey))).slice(0, 16)}`;
}

export async function lastSyncedWith(repo: RepoConfig | undefined, cloud: CloudConfig): Promise<Ref | undefined> {
  const last = repo?.lastSynced;
  return last && last.cloud === (await cloudName(cloud)) ? last.ref : undefined;
}

export async function syncedWith(cloud: CloudConfig, ref: Ref): Promise<NonNullable<RepoConfig["lastSynced"]>> {
  return { cloud: await cloudName(cloud), ref };
}
