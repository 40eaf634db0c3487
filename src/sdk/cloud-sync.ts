/**
 * The RFC's CloudSync service for programs, over the same porcelain as the commands. Nothing heavy is loaded before it is used: no native
 * code at all, unless a push must be joined with what another device pushed, or a query needs a model that was added.
 */
import type { RepoConfig } from "../home/config.ts";
import { Home } from "../home/home.ts";
import { findRepo } from "../protocol/find-repo.ts";
import { requireCloud } from "../home/require-cloud.ts";
import { RepobaseError } from "../protocol/errors.ts";
import type { SearchResponse } from "../protocol/search-api.ts";
import type {
  CallOption,
  CloudConfig,
  CloudConfigInput,
  CloudSyncOptions,
  PushResult,
  SearchOptions,
  SyncedRepo,
  SyncStatus,
} from "./contract.ts";
import { asOurs } from "./as-ours.ts";

export class CloudSync {
  readonly #home: Home;

  /** Makes the home folder where there is none. @throws RepobaseError `home_unwritable` */
  constructor(options: CloudSyncOptions = {}) {
    const env = options.env ?? process.env;
    this.#home = Home.open(options.home === undefined ? env : { ...env, REPOBASE_HOME: options.home });
  }

  /**
   * Checks a key with the server and keeps it in `cloud.json`, readable by its owner alone; or moves the global switch.
   * @throws RepobaseError `usage`, `unauthorized`, `forbidden` when the key is for another space, `transient`, `not_configured`
   *   when only the switch is given and nobody signed in
   */
  configure(config: CloudConfigInput, { signal }: CallOption = {}): Promise<void> {
    return asOurs(async () => {
      const { configureCloud } = await import("../porcelain/cloud/cloud.ts");
      await configureCloud({ home: this.#home, ...config, signal });
    });
  }

  /** @param options.withApiKey the key itself is in the answer @throws RepobaseError `not_configured` */
  getConfig(options: { readonly withApiKey?: boolean } = {}): Promise<CloudConfig> {
    return asOurs(async () => {
      const { userId, apiKey, endpoint, enabled } = requireCloud(this.#home, { enabled: false });
      const apiKeyTail = apiKey.slice(-4);
      return { userId, apiKey: options.withApiKey === true ? apiKey : null, apiKeyTail, endpoint, enabled };
    });
  }

  /** Is there a server, and is the global switch on? */
  isEnabled(): Promise<boolean> {
    return asOurs(async () => {
      const cloud = this.#home.cloud();
      return cloud !== undefined && cloud.endpoint !== "" && cloud.apiKey !== "" && cloud.enabled;
    });
  }

  /** A repository's index may leave this machine from now on. @throws RepobaseError `repo_not_found` */
  enableRepo(repoId: string): Promise<void> {
    return this.#switchRepo(repoId, true);
  }

  /** It stays on this machine from now on; what was pushed stays on the server. @throws RepobaseError `repo_not_found` */
  disableRepo(repoId: string): Promise<void> {
    return this.#switchRepo(repoId, false);
  }

  /**
   * Sends what is new in a repository's index.
   * @throws RepobaseError `not_configured`, `repo_not_found`, `not_enabled`, `ref_not_found` without an index here, `unauthorized`,
   *   `forbidden`, `remote_moved`, `quota_exceeded`, `transient`
   */
  push(repoId: string, { signal }: CallOption = {}): Promise<PushResult> {
    return asOurs(async () => {
      requireCloud(this.#home);
      return this.#push(this.#find(repoId), signal);
    });
  }

  /**
   * Every enabled repository, one after the other.
   * @throws RepobaseError what `push` throws where there is one repository; else `partial` when some failed and the others were pushed: its
   *   fields have `results`, and `failures` with `repoId`, `code` and `message`
   */
  pushAll({ signal }: CallOption = {}): Promise<PushResult[]> {
    return asOurs(async () => {
      requireCloud(this.#home);
      const repos = this.#home.config().repos.filter(({ cloudEnabled }) => cloudEnabled);
      const results: PushResult[] = [];
      const failures: { readonly repoId: string; readonly error: RepobaseError }[] = [];
      for (const repo of repos)
        try {
          results.push(await asOurs(() => this.#push(repo, signal)));
        } catch (error) {
          if (!(error instanceof RepobaseError) || error.code === "interrupted") throw error;
          failures.push({ repoId: repo.id, error });
        }
      const [first] = failures;
      if (first === undefined) return results;
      if (repos.length === 1) throw first.error;
      throw new RepobaseError("partial", `${failures.length} of ${repos.length} repositories failed`, {
        cause: first.error,
        fields: {
          results,
          failures: failures.map(({ repoId, error: { code, message } }) => ({ repoId, code, message })),
        },
      });
    });
  }

  /**
   * Takes a repository's index off the server; the one on this machine stays.
   * @throws RepobaseError `not_configured`, `repo_not_found` when neither side knows it or the server has none, `unauthorized`, `forbidden`, `transient`
   */
  remove(repoId: string, { signal }: CallOption = {}): Promise<void> {
    return asOurs(async () => {
      const { removeFromCloud } = await import("../porcelain/cloud/remove.ts");
      await removeFromCloud({ home: this.#home, name: repoId, signal });
    });
  }

  /** One or two requests. @throws RepobaseError `repo_not_found`, `unauthorized`, `forbidden`, `transient` */
  getStatus(repoId: string, { signal }: CallOption = {}): Promise<SyncStatus> {
    return asOurs(async () => {
      const { cloudStanding } = await import("../porcelain/sync/repo-status.ts");
      const standing = await cloudStanding({ home: this.#home, repo: this.#find(repoId), signal });
      const { repoId: id, inSync, localCommit, cloudCommit, lastPushedAt } = standing;
      return { repoId: id, inSync, localCommit, cloudCommit, lastPushedAt: dateOf(lastPushedAt) };
    });
  }

  /** What the server has, whichever device pushed it. @throws RepobaseError `not_configured`, `unauthorized`, `forbidden`, `transient` */
  listSynced({ signal }: CallOption = {}): Promise<SyncedRepo[]> {
    return asOurs(async () => {
      const { listRemoteRepos } = await import("../remote/remote-client.ts");
      const repos = await listRemoteRepos(requireCloud(this.#home, { enabled: false }), signal);
      return repos.map(({ id, name, fileCount, lastSyncedAt, commit }) => ({
        id,
        name,
        fileCount,
        lastSyncedAt: dateOf(lastSyncedAt),
        commit,
      }));
    });
  }

  /**
   * @throws RepobaseError `usage`, `repo_not_found`, `ref_not_found`, `model_unavailable`, `corrupt_index` of a repository that is named; with
   *   `remote` also `not_configured`, `unauthorized`, `forbidden`, `transient`
   */
  search(q: string, options: SearchOptions = {}): Promise<SearchResponse> {
    const { remote, signal, ...question } = options;
    return asOurs(async () => {
      const { localSearch, remoteSearch } = await import("../porcelain/search/search.ts");
      const { parseSearchRequest } = await import("../protocol/search-question.ts");
      const request = parseSearchRequest({ q, ...question });
      const search = remote
        ? remoteSearch(this.#home, signal)
        : localSearch(this.#home, { cwd: process.cwd(), signal });
      return search(request);
    });
  }

  #find(repoId: string): RepoConfig {
    return findRepo(this.#home.config().repos, repoId);
  }

  #switchRepo(repoId: string, enabled: boolean): Promise<void> {
    return asOurs(async () => {
      const { switchCloud } = await import("../porcelain/cloud/cloud.ts");
      const names = [this.#find(repoId).id];
      await switchCloud({ home: this.#home, enabled, names, all: false, global: false, cwd: process.cwd() });
    });
  }

  async #push(repo: RepoConfig, signal: AbortSignal | undefined): Promise<PushResult> {
    const { pushRepository } = await import("../porcelain/sync/push-repo.ts");
    const pushed = await pushRepository({ home: this.#home, repo, worktree: false, ...(signal && { signal }) });
    const { repoId, filesUploaded, filesSkipped, durationMs } = pushed;
    return { repoId, filesUploaded, filesSkipped, durationMs };
  }
}

const dateOf = (iso: string | null): Date | null => (iso === null ? null : new Date(iso));
