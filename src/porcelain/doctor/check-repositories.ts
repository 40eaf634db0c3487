/** Each repository: is its folder there, is its index whole, made as this program makes it, and up to date? */
import { existsSync } from "node:fs";
import { CHUNKER } from "../../chunk/chunk.ts";
import { folderOf, type RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { listAllModels } from "../../models/models.ts";
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import { verifyManifest } from "../../plumbing/verify-manifest.ts";
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
    else yield* checkIndex(of, repo);
  }
}

async function* checkIndex(of: Of, repo: RepoConfig): AsyncGenerator<Finding> {
  const { home, readData, signal } = of;
  const index = `repobase index ${repo.id}`;
  try {
    const stored = await readRef({ from: home.store, repo: repo.id });
    const manifest = stored && (await catManifest({ from: home.store, repo: repo.id, sha256: stored.ref.manifest }));
    if (stored === undefined) {
      const hasWorktree = (await readWorktreeRef(home.store, repo)) !== undefined;
      yield hasWorktree ? ok(repo.id, "indexed, without a commit") : warning(repo.id, "it is not indexed yet", index);
      return;
    }
    const onChecked = (done: number, total: number) =>
      of.onProgress?.({ label: `checking ${repo.id}`, done, total, unit: "objects" });
    const { problems, checked } = await verifyManifest({
      store: home.store,
      repo: repo.id,
      readData,
      onChecked,
      signal,
    });
    const [first] = problems;
    if (first) {
      yield failed(
        repo.id,
        `${problems.length} of ${checked} parts of its index are damaged or gone: ${first.key}`,
        repairCommand(repo.id, false),
      );
      return;
    }
    const models = await listAllModels(home);
    if (manifest && !models.some(({ id }) => id === manifest.model.id)) {
      yield failed(
        repo.id,
        `its model ${manifest.model.id} is not on this machine, so only keywords are searched`,
        "repobase model add <folder of that model>",
      );
      return;
    }
    if (manifest && manifest.chunker !== CHUNKER) {
      yield warning(
        repo.id,
        `it was cut by ${manifest.chunker}, and this program cuts by ${CHUNKER}: the next run makes it anew`,
        index,
      );
      return;
    }
    const stale = await findStale(home, repo);
    if (stale)
      yield warning(
        repo.id,
        stale.changed === "files"
          ? `files in ${stale.folder} changed since they were indexed`
          : `${stale.folder} is at another commit than its index`,
        index,
      );
    else
      yield ok(
        repo.id,
        `${readData ? "every byte of its index is right" : `all ${checked} parts of its index are there`}${repo.source.kind === "folder" ? ", and it is up to date" : ""}`,
      );
  } catch (cause) {
    yield error(repo.id, withRepairHint(cause, { remote: false }), repairCommand(repo.id, false));
  }
}
