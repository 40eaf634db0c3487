/** Each repository: is its folder there, is its index whole, made as this program makes it, and up to date? */
import { existsSync } from "node:fs";
import { CHUNKER } from "../../chunk/chunk.ts";
import { folderOf, type RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { listAllModels } from "../../models/models.ts";
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import { verifyManifest } from "../../plumbing/verify-manifest.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import { repairCommand, withRepairHint } from "../../protocol/repair-hint.ts";
import { findStale } from "../folder/staleness.ts";
import { readWorktreeRef } from "../folder/worktree-ref.ts";
import { type Finding, findingsOf } from "./finding.ts";

const { ok, warning, failed, error } = findingsOf("repositories");

interface Of {
  readonly home: Home;
  /** Read and hash all of each index; else only look whether all parts are there. */
  readonly readData: boolean;
  readonly onProgress?: ((step: { label: string; done: number; total: number; unit: string }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export async function* checkRepositories(of: Of): AsyncGenerator<Finding> {
  const { repos } = of.home.config();
  if (repos.length === 0) yield ok("none", "none is registered yet: repobase add <url or path>");
  for (const repo of repos) {
    const folder = folderOf(repo);
    if (folder !== undefined && !existsSync(folder))
      yield failed(
        repo.id,
        `its folder ${folder} is not there`,
        `put it back; or if it is gone for good: repobase remove ${repo.id}`,
      );
    else yield await checkIndex(of, repo);
  }
}

async function checkIndex(of: Of, repo: RepoConfig): Promise<Finding> {
  const { home } = of;
  const { id } = repo;
  try {
    const stored = await readRef({ from: home.store, repo: id });
    if (stored === undefined) {
      const hasWorktree = (await readWorktreeRef(home.store, repo)) !== undefined;
      return hasWorktree
        ? ok(id, "indexed, without a commit")
        : warning(id, "it is not indexed yet", `repobase index ${id}`);
    }
    const damage = await checkParts(of, id);
    if (damage.state !== "ok") return damage;
    const manifest = await catManifest({ from: home.store, repo: id, sha256: stored.ref.manifest });
    return (await checkMaking(home, id, manifest)) ?? (await checkAge(home, repo)) ?? damage;
  } catch (cause) {
    return error(id, withRepairHint(cause, { remote: false }), repairCommand(id, false));
  }
}

async function checkParts({ home, readData, onProgress, signal }: Of, id: string): Promise<Finding> {
  const onChecked = (done: number, total: number) =>
    onProgress?.({ label: `checking ${id}`, done, total, unit: "objects" });
  const { problems, checked } = await verifyManifest({ store: home.store, repo: id, readData, onChecked, signal });
  const [first] = problems;
  if (first) {
    const found = `${problems.length} of ${checked} parts of its index are damaged or gone: ${first.key}`;
    return failed(id, found, repairCommand(id, false));
  }
  return ok(id, readData ? "every byte of its index is right" : `all ${checked} parts of its index are there`);
}

/** Can this machine answer from it, and would this program make it so? */
async function checkMaking(home: Home, id: string, manifest: Manifest | undefined): Promise<Finding | undefined> {
  if (manifest === undefined) return undefined;
  const { model, chunker } = manifest;
  const models = await listAllModels(home);
  if (!models.some((each) => each.id === model.id)) {
    const found = `its model ${model.id} is not on this machine, so only keywords are searched`;
    return failed(id, found, "repobase model add <folder of that model>");
  }
  if (chunker === CHUNKER) return undefined;
  const found = `it was cut by ${chunker}, and this program cuts by ${CHUNKER}: the next run makes it anew`;
  return warning(id, found, `repobase index ${id}`);
}

async function checkAge(home: Home, repo: RepoConfig): Promise<Finding | undefined> {
  const stale = await findStale(home, repo);
  if (stale === undefined) return undefined;
  const found =
    stale.changed === "files"
      ? `files in ${stale.folder} changed since they were indexed`
      : `${stale.folder} is at another commit than its index`;
  return warning(repo.id, found, `repobase index ${repo.id}`);
}
