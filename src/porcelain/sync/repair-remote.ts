/** `repobase repair --remote`: the cloud's copy, from this machine's. The server lets nothing be replaced but by what its own ref names. */
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { indexObjectsOf } from "../../plumbing/index-object.ts";
import { nextRef } from "../../plumbing/merge-ref.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import { writeManifest } from "../../plumbing/write-manifest.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import { refKey } from "../../protocol/keys.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import { encodeRef, type Ref } from "../../protocol/ref.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { copyWhole, findProblems, type RepairInput, type RepairResult } from "./repair.ts";
import { localManifest } from "./sync-common.ts";

/** @throws RepobaseError `repo_not_found` when the cloud has no such repository; and what the stores throw */
export async function repairRemote(input: RepairInput & { readonly remote: ObjectStore }): Promise<RepairResult> {
  const { home, remote, repo } = input;
  const done = { repoId: repo.id, side: "remote", remade: [], lostCommits: [] } as const;
  const ref = await refOrDamage(remote, repo.id);
  const sha256 = ref?.manifest ?? (await readRef({ from: home.store, repo: repo.id }))?.ref.manifest;
  const ours = sha256 === undefined ? undefined : await localManifest({ local: home.store, repo: repo.id, sha256 });
  if (ref === undefined) {
    if (ours === undefined) throw nobodyHasRef(repo.id);
    return { ...done, ...(await replaceRef(input, ours)), left: await problemsOf(input) };
  }
  const repaired: string[] = [];
  const before = await problemsOf(input);
  if (before.some(({ key }) => key.startsWith("manifests/"))) {
    if (ours === undefined) return { ...done, repaired, left: before };
    await writeManifest({ to: remote, repo: repo.id, manifest: ours });
    repaired.push(...before.map(({ key }) => key));
  }
  const wrong = new Set((await problemsOf(input)).map(({ key }) => key));
  if (wrong.size > 0) {
    const manifest = ours ?? (await catManifest({ from: remote, repo: repo.id, sha256: ref.manifest }));
    const objects = manifest ? indexObjectsOf(manifest, repo.id).filter(({ key }) => wrong.has(key)) : [];
    repaired.push(...(await copyWhole(input, { from: home.store, to: remote, objects })).repaired);
  }
  return { ...done, repaired, left: wrong.size > 0 ? await problemsOf(input) : [] };
}

const problemsOf = (input: RepairInput & { readonly remote: ObjectStore }) =>
  findProblems(input, { store: input.remote, readData: false });

/** undefined: it is damaged. @throws RepobaseError `repo_not_found` */
async function refOrDamage(remote: ObjectStore, repo: string): Promise<Ref | undefined> {
  try {
    const stored = await readRef({ from: remote, repo });
    if (stored) return stored.ref;
  } catch (error) {
    if (isRepobaseError(error, "corrupt_index")) return undefined;
    throw error;
  }
  throw new RepobaseError("repo_not_found", `the cloud has no index of "${repo}"`, {
    hint: `send it with: repobase push ${repo}`,
    fields: { repo },
  });
}

/** Our index takes the place of one whose ref nobody can read. */
async function replaceRef(
  input: RepairInput & { readonly remote: ObjectStore },
  ours: Manifest,
): Promise<{ repaired: readonly string[] }> {
  const { home, remote, repo } = input;
  const here = await readRef({ from: home.store, repo: repo.id });
  const there = await remote.head(refKey(repo.id));
  if (here === undefined || there === undefined) throw nobodyHasRef(repo.id);
  const sent = await copyWhole(input, { from: home.store, to: remote, objects: indexObjectsOf(ours, repo.id) });
  const manifest = await writeManifest({ to: remote, repo: repo.id, manifest: ours });
  const ref = nextRef({
    shown: here.ref,
    manifest,
    // what the damaged one counted is not known: far above it, so that it never counts the same again
    before: { ...here.ref, generation: here.ref.generation + 1000 },
    device: home.config().device,
    now: Date.now(),
  });
  const moved = await remote.put(refKey(repo.id), encodeRef(ref), { onlyIf: { etag: there.etag } });
  if (moved === undefined)
    throw new RepobaseError("remote_moved", `the ref of "${repo.id}" was moved meanwhile`, { hint: "run it again" });
  return { repaired: [refKey(repo.id), ...sent.repaired] };
}

const nobodyHasRef = (repo: string) =>
  new RepobaseError(
    "corrupt_index",
    `the cloud's ref of "${repo}" is damaged, and this machine has no index to replace it`,
    {
      hint: `run it on a device that has "${repo}", or index it here first`,
      fields: { repo },
    },
  );
