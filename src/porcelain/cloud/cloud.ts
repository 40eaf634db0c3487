/** Signing in and out of a server, and the switches that say what may leave the machine. */
import type { Home } from "../../home/home.ts";
import type { WhoAmI } from "../../protocol/cloud-api.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { requireCloud } from "../../home/require-cloud.ts";
import { checkEndpoint } from "../../remote/endpoint.ts";
import { listRemoteRepos, whoAmI } from "../../remote/remote-client.ts";
import { selectRepos } from "./select-repos.ts";

/** Checks the key with the server, then keeps it. */
export async function login(options: {
  home: Home;
  endpoint: string;
  apiKey: string;
  signal?: AbortSignal | undefined;
}): Promise<WhoAmI & { endpoint: string }> {
  const settings = options.home.remoteSettings();
  const endpoint = checkEndpoint(options.endpoint, settings);
  const who = await whoAmI({ endpoint, apiKey: options.apiKey, ...settings }, options.signal);
  await options.home.saveCloud({ userId: who.userId, apiKey: options.apiKey, endpoint, enabled: true });
  return { ...who, endpoint };
}

/**
 * The same for a program: with a key as `login`, without one the global switch alone.
 * @param of.userId the space that the key must be for; absent: any
 * @throws RepobaseError `usage`, `forbidden` when the key is for another space; and what the server says
 */
export async function configureCloud(of: {
  home: Home;
  endpoint?: string | undefined;
  apiKey?: string | undefined;
  userId?: string | undefined;
  enabled?: boolean | undefined;
  signal?: AbortSignal | undefined;
}): Promise<void> {
  const { home, userId, signal } = of;
  const saved = home.savedCloud();
  const { endpoint = saved?.endpoint, apiKey = saved?.apiKey, enabled = saved?.enabled ?? true } = of;
  if (endpoint === undefined || apiKey === undefined || endpoint === "" || apiKey === "")
    throw new RepobaseError("not_configured", "not signed in to a server", { hint: "give endpoint and apiKey" });
  // a key goes to no server but the one that it was given for
  if (of.endpoint !== undefined && of.apiKey === undefined && of.endpoint !== saved?.endpoint)
    throw new RepobaseError("usage", "another server takes a key of its own", { hint: "give apiKey with endpoint" });
  if (of.endpoint === undefined && of.apiKey === undefined && userId === undefined) {
    if (saved) await home.saveCloud({ ...saved, enabled });
    return;
  }
  const settings = home.remoteSettings();
  const checked = checkEndpoint(endpoint, settings);
  const who = await whoAmI({ endpoint: checked, apiKey, ...settings }, signal);
  if (userId !== undefined && userId !== who.userId)
    throw new RepobaseError("forbidden", `the key is for ${who.userId}, not for ${userId}`);
  await home.saveCloud({ userId: who.userId, apiKey, endpoint: checked, enabled });
}

export type CloudStatus =
  | { readonly signedIn: false }
  | ({
      readonly signedIn: true;
      readonly endpoint: string;
      readonly enabled: boolean;
      readonly remoteRepos: number;
      readonly repos: readonly { repoId: string; cloudEnabled: boolean }[];
    } & WhoAmI);

export async function cloudStatus(options: { home: Home; signal?: AbortSignal | undefined }): Promise<CloudStatus> {
  const saved = options.home.cloud();
  if (!saved) return { signedIn: false };
  const cloud = requireCloud(options.home, { enabled: false });
  const [who, remote] = await Promise.all([whoAmI(cloud, options.signal), listRemoteRepos(cloud, options.signal)]);
  const { repos } = options.home.config();
  return {
    signedIn: true,
    ...who,
    endpoint: cloud.endpoint,
    enabled: cloud.enabled,
    remoteRepos: remote.length,
    repos: repos.map((r) => ({ repoId: r.id, cloudEnabled: r.cloudEnabled })),
  };
}

export async function switchCloud(options: {
  home: Home;
  enabled: boolean;
  names: readonly string[];
  all: boolean;
  global: boolean;
  cwd: string;
}): Promise<{ enabled: boolean; global: boolean; repoIds: readonly string[] }> {
  const { home, enabled, global } = options;
  const onlyGlobal = global && options.names.length === 0 && !options.all;
  const repos = onlyGlobal ? [] : selectRepos(options);
  if (global) {
    const cloud = home.savedCloud();
    if (!cloud)
      throw new RepobaseError("not_configured", "not signed in to a server", {
        hint: "sign in with: repobase cloud login",
      });
    await home.saveCloud({ ...cloud, enabled });
  }
  const ids = new Set(repos.map((r) => r.id));
  await home.updateConfig((config) => ({
    ...config,
    repos: config.repos.map((r) => (ids.has(r.id) ? { ...r, cloudEnabled: enabled } : r)),
  }));
  return { enabled, global, repoIds: [...ids] };
}
