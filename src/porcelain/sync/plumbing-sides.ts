/** The two sides a plumbing command works between, and the rules that hold for it as for push: opt-in, one writer. */
import type { Home } from "../../home/home.ts";
import { syncedAt, updateLocalRef } from "../../plumbing/local-ref.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import { movedLocally } from "../../plumbing/update-ref.ts";
import type { Ref } from "../../protocol/ref.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { requireCloud } from "../../home/require-cloud.ts";
import { openRemoteStore } from "../../remote/remote-client.ts";
import { withRetry } from "../../store/with-retry.ts";
import { pulledRepo } from "./pulled-repo.ts";
import type { Side } from "./side-of.ts";
import { refuseUnlessEnabled, spaceIdAsker } from "./sync-input.ts";

/** @throws RepobaseError `not_configured` when not signed in */
export const remoteToRead = (home: Home, signal: AbortSignal): ObjectStore =>
  withRetry(openRemoteStore(requireCloud(home), signal), { signal });

/** @throws RepobaseError `not_enabled` for a repository that must not leave the machine */
export function remoteToWrite(home: Home, side: Side, signal: AbortSignal): ObjectStore {
  refuseUnlessEnabled(side.repo, side.id);
  return remoteToRead(home, signal);
}

/** Registers what came from the cloud, and remembers in the local ref what both sides agree on. */
export async function rememberSync(home: Home, side: Side, ref: Ref): Promise<void> {
  const here = await readRef({ from: home.store, repo: side.id });
  const synced = await syncedAt({ spaceId: spaceIdAsker(requireCloud(home)) }, ref);
  if (
    here &&
    (await updateLocalRef({ to: home.store, repo: side.id, ref: here.ref, expected: here, synced })) === undefined
  )
    throw movedLocally(side.id);
  const pulled = { ...(await pulledRepo(home, side.id, ref)), lastIndexedCommit: ref.heads[ref.default] ?? null };
  await home.updateConfig((config) => {
    const repo = config.repos.find((r) => r.id === side.id) ?? pulled;
    return { ...config, repos: [...config.repos.filter((r) => r.id !== side.id), repo] };
  });
}
