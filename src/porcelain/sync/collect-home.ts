/**
 * Clean-up of this machine's copy of an index: manifests, snapshots and files of the tables that neither the ref nor uncommitted
 * work needs. The caller holds the repository's lock, so nothing is being written; whoever searches meanwhile has a grace.
 */
import { join } from "node:path";
import { collectGarbage, describeGarbage, type Graces } from "../../gc/collect-garbage.ts";
import { keysBelow, manifestAt } from "../../gc/mark.ts";
import { syncedIn } from "../../plumbing/local-ref.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import type { Garbage } from "../../protocol/cloud-api.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { indexPrefix, snapshotKey } from "../../protocol/keys.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { newestVersion, REPLACED_VERSION } from "../../table/lance-versions.ts";
import { listWorktreeRefs, type WorktreeRef } from "../folder/worktree-ref.ts";

/** No push is waiting for what lies here; a search that began before has an hour. */
export const HOME_GRACES: Graces = { young: 0, planned: 3_600_000 };

interface Place {
  readonly local: ObjectStore;
  /** The folder that is `local`. */
  readonly localDir: string;
  readonly repo: string;
  /** How long what nobody needs stays; absent: HOME_GRACES. */
  readonly graces?: Graces | undefined;
}

/** @throws RepobaseError `corrupt_index` when nobody can say what is needed: then nothing is deleted */
export async function collectHome(place: Place): Promise<Garbage> {
  const { local, repo } = place;
  return collectGarbage({
    ...(await parts(place)),
    graces: place.graces ?? HOME_GRACES,
    alone: (work) => work(),
    async deleteMany(keys) {
      for (const key of keys) await local.delete(key);
    },
    elapsed: performance.now.bind(performance),
    store: local,
    repo,
  });
}

/** What a clean-up would free in the end; changes nothing. @throws as `collectHome` */
export const describeHome = async (place: Place): Promise<Garbage> => describeGarbage(await parts(place));

async function parts(place: Place) {
  const { local: store, repo } = place;
  const held = await heldTables(place);
  return {
    store,
    repo,
    needed: () => neededHere(place),
    isHeld: (key: string) => held.some((prefix) => key.startsWith(prefix)),
  };
}

/**
 * Prefixes of tables that are not at the version that their ref names: a killed run appended rows there, which the next run uses,
 * and only it knows in which files.
 */
async function heldTables(place: Place): Promise<readonly string[]> {
  const { localDir, repo } = place;
  const held: string[] = [];
  for (const { table } of await manifestsShown(place)) {
    const prefix = `${indexPrefix(repo)}${table.name}/`;
    const onDisk = await newestVersion(join(localDir, prefix));
    const isAt = onDisk !== null && Buffer.from(onDisk.manifest).toString("base64") === table.manifest;
    held.push(isAt ? `${prefix}${REPLACED_VERSION}` : prefix);
  }
  return held;
}

/** Of the main table and of the uncommitted files' tables. */
async function manifestsShown({ local, repo }: Place): Promise<readonly Manifest[]> {
  const here = await readRef({ from: local, repo });
  const names = [here?.ref.manifest, ...(await worktrees({ local, repo })).map(({ overlay }) => overlay.manifest)];
  const found = await Promise.all(
    names.map(async (sha256) => (sha256 === undefined ? undefined : manifestAt(local, { repo, sha256 }))),
  );
  return found.filter((manifest) => manifest !== undefined);
}

async function worktrees({ local, repo }: Pick<Place, "local" | "repo">): Promise<readonly WorktreeRef[]> {
  const refs = await listWorktreeRefs(local, repo);
  if (refs !== undefined) return refs;
  throw new RepobaseError("corrupt_index", `the index of uncommitted work of "${repo}" is damaged`, {
    hint: `mend it with: repobase repair ${repo}`,
  });
}

async function neededHere({ local: store, repo }: Place): Promise<ReadonlySet<string>> {
  const here = await readRef({ from: store, repo });
  const needed = new Set<string>();
  const add = async (sha256: string | undefined) => {
    if (sha256 === undefined) return;
    const keys = await keysBelow({ store, repo, sha256 });
    if (keys === undefined)
      throw new RepobaseError("corrupt_index", `the index of "${repo}" lost its manifest ${sha256}`, {
        hint: `mend it with: repobase repair ${repo}`,
        fields: { repo },
      });
    for (const key of keys) needed.add(key);
  };
  await add(here?.ref.manifest);
  for (const { overlay, base } of await worktrees({ local: store, repo })) {
    await add(overlay.manifest);
    await add(base?.manifest);
    const shown = await manifestAt(store, { repo, sha256: overlay.manifest });
    if (shown) needed.add(snapshotKey(repo, shown.tableId, overlay.snapshot));
    if (base) needed.add(snapshotKey(repo, base.tableId, base.snapshot));
  }
  // what both sides last agreed on tells a commit that the cloud dropped from one that it never had: its texts, not its files
  const agreed = syncedIn(here?.ref)?.ref.manifest;
  const isText = (key: string) => !key.startsWith(indexPrefix(repo));
  if (agreed !== undefined)
    for (const key of ((await keysBelow({ store, repo, sha256: agreed })) ?? new Set<string>()).values())
      if (isText(key)) needed.add(key);
  return needed;
}
