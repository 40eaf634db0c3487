/**
 * `repobase gc` of one repository: commits that fall out of what is kept lose their snapshots (manifest, then ref), then what nobody
 * needs any more is planned or deleted, here and, when asked, in the cloud.
 */
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { requireCloud } from "../../home/require-cloud.ts";
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { updateLocalRef } from "../../plumbing/local-ref.ts";
import { nextRef } from "../../plumbing/merge-ref.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import { movedLocally } from "../../plumbing/update-ref.ts";
import { writeManifest } from "../../plumbing/write-manifest.ts";
import { GARBAGE, type Garbage } from "../../protocol/cloud-api.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import { callApi } from "../../remote/remote-client.ts";
import { commitsToDrop, keepSetting, withoutCommits } from "../indexing/retention.ts";
import { collectHome, describeHome } from "./collect-home.ts";
import { push } from "./push.ts";
import type { SyncProgress } from "./sync-common.ts";
import { syncInput } from "./sync-input.ts";

export interface GcResult {
  readonly repoId: string;
  readonly dryRun: boolean;
  /** Commits that are not searchable any more (with `dryRun`: would not be), oldest first. */
  readonly commitsDropped: readonly string[];
  readonly here: Garbage;
  /** null: not asked. */
  readonly cloud: Garbage | null;
}

/** @throws RepobaseError `busy`, `not_configured`, `corrupt_index` when nobody can say what is needed; and what a push throws */
export async function gcRepository(of: {
  readonly home: Home;
  readonly repo: RepoConfig;
  /** Newest commits of each branch that stay; null: by the setting. */
  readonly keep: number | null;
  readonly remote: boolean;
  readonly dryRun: boolean;
  readonly onProgress?: (step: SyncProgress) => void;
  readonly signal?: AbortSignal | undefined;
}): Promise<GcResult> {
  const { home, repo, dryRun, signal } = of;
  const cloud = of.remote ? requireCloud(home) : undefined;
  const lock = await home.lock(`repo-${repo.id}`);
  try {
    const commitsDropped = await dropCommits({ ...of, keep: of.keep ?? keepSetting(home) });
    const place = { local: home.store, localDir: home.dir, repo: repo.id };
    if (cloud && repo.cloudEnabled && commitsDropped.length > 0 && !dryRun) await push(syncInput(of, repo, cloud));
    const here = dryRun ? await describeHome(place) : await collectHome(place);
    const method = dryRun ? "GET" : "POST";
    const there =
      cloud && (await askCloud({ cloud, path: `/v1/repos/${repo.id}/gc`, method, answer: GARBAGE, signal }));
    return { repoId: repo.id, dryRun, commitsDropped, here, cloud: there ?? null };
  } finally {
    lock.release();
  }
}

async function dropCommits(of: {
  readonly home: Home;
  readonly repo: RepoConfig;
  readonly keep: number;
  readonly dryRun: boolean;
}): Promise<readonly string[]> {
  const { home, keep } = of;
  const [local, repo] = [home.store, of.repo.id];
  const here = await readRef({ from: local, repo });
  const manifest = here && (await catManifest({ from: local, repo, sha256: here.ref.manifest }));
  if (here === undefined || manifest === undefined) return [];
  const dropped = commitsToDrop({ manifest, ref: here.ref, keep });
  if (dropped.length === 0 || of.dryRun) return dropped;
  const sha256 = await writeManifest({ to: local, repo, manifest: withoutCommits(manifest, dropped) });
  const ref = nextRef({
    shown: here.ref,
    manifest: sha256,
    before: here.ref,
    device: home.config().device,
    now: Date.now(),
  });
  if ((await updateLocalRef({ to: local, repo, ref, expected: here })) === undefined) throw movedLocally(repo);
  return dropped;
}

async function askCloud(call: Parameters<typeof callApi<Garbage>>[0]): Promise<Garbage> {
  try {
    const { needed, unneeded, planned, deleted } = await callApi(call);
    return { needed, unneeded, planned, deleted };
  } catch (error) {
    if (!isRepobaseError(error, "not_found")) throw error;
    throw new RepobaseError("unsupported_format", "this server is too old to clean up", {
      hint: "update the server",
      cause: error,
    });
  }
}
