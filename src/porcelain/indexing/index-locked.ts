/**
 * Brings one repository's index up to date with its source: the commit that is checked out (or the remote's), and on top
 * of it, for a folder, the uncommitted files in a table of their own. Manifest and snapshot are stored first, the ref
 * last: whoever searches meanwhile, and whatever dies, sees the old index or the new one.
 */
import type { IndexTreeResult } from "../../ingest/index-tree-contract.ts";
import type { SkippedFile, SourceTree } from "../../source/source-tree.ts";
import type { SourceNames } from "../../source/source-names.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import { SHARED_TABLE, WORKTREE } from "../../protocol/ids.ts";
import { canonicalJson } from "../../protocol/canonical-json.ts";
import { joinPurges, type Purges } from "../../protocol/purges.ts";
import { type IndexContext, indexContext, type IndexRepoOptions, runIndexTree } from "./index-context.ts";
import type { IndexResult } from "./index-result.ts";
import { indexWorktree } from "./index-worktree.ts";
import { previousManifest } from "./previous-manifest.ts";
import { publishIndex } from "./publish-index.ts";
import { readSource, type TreeSource } from "./read-source.ts";
import { pruneBranches, rememberIndexed } from "./prune-branches.ts";
import { commitsToKeep, keepSetting } from "./retention.ts";
import { withIndexed } from "../folder/checkout.ts";
import { lookAt, rememberSeen } from "../folder/staleness.ts";
import { withLimits } from "./select-limits.ts";
import { rememberRun, type RunName } from "./last-run.ts";
import { sweepFiles } from "./sweep-files.ts";
import { noteReplaced, sweepWorktrees } from "./sweep-worktrees.ts";
import { dropWorktreeRef, readWorktreeRef } from "../folder/worktree-ref.ts";

/**
 * The caller holds the repository's lock.
 * @param of.runName made before the source was read: what was done is remembered under it
 * @param of.source what is there to index, where the caller has looked already
 * @param of.purges holds beside what the index says itself
 * @throws what reading the source and writing the table throw
 */
export async function indexLocked(
  options: IndexRepoOptions,
  of: { readonly source?: TreeSource; readonly runName: RunName | undefined; readonly purges?: Purges | undefined },
): Promise<IndexResult> {
  const { home, repo } = options;
  const started = performance.now();
  const context = await indexContext(options);
  const fingerprint = of.runName?.fingerprint ?? (await lookAt(home, repo));
  const source = of.source ?? (await readSource(context));
  home.trace?.(`${repo.id}: indexing ${describeSource(source)}`);
  const main = source.commit
    ? await indexCommit(context, {
        tree: source.commit,
        names: source.names,
        purges: of.purges,
        isBase: source.worktree !== null,
      })
    : undefined;
  const before = source.aside ? undefined : await readWorktreeRef(home.store, repo);
  const worktree = source.worktree
    ? await indexWorktree(context, { tree: source.worktree, main: main ?? null })
    : undefined;
  if (!worktree && before) {
    noteReplaced({ home, repo, ref: before, now: Date.now() });
    await dropWorktreeRef(home.store, repo);
  }
  await sweepWorktrees({ home, repo, now: Date.now() });

  const { names } = source;
  if (main) await rememberIndexed({ home, repo, names });
  const headsPruned = options.prune ? await pruneBranches({ home, repo, names, isAsked: true }) : [];
  await home.updateRepo(repo.id, (r) => ({
    ...withLimits(source.aside ? r : withIndexed(r, repo, source.commit?.commit ?? null), context.limits),
    model: context.model,
    ...(options.secrets ? { secrets: options.secrets } : {}),
  }));
  if (!source.aside) await rememberSeen(home, repo, fingerprint);
  const seconds = (performance.now() - started) / 1000 + (of.source?.seconds ?? 0);
  const worktreeDropped = before !== undefined && !worktree;
  const made = { source, main, worktree: worktree?.result, worktreeDropped, headsPruned, seconds };
  const result = resultOf(context, made);
  if (of.runName)
    await rememberRun(options, {
      runName: of.runName,
      result,
      manifests: partsOf(main, worktree?.result).map((part) => part.manifest),
    });
  return result;
}

function describeSource({ commit, worktree }: TreeSource): string {
  const named = commit && `commit ${commit.commit}${commit.branch === null ? "" : ` of ${commit.branch}`}`;
  if (named === null) return "the folder, which has no commit";
  return worktree ? `${named}, and the folder's files that differ from it` : named;
}

async function indexCommit(
  context: IndexContext,
  {
    tree,
    names,
    purges,
    isBase,
  }: {
    tree: SourceTree;
    names: SourceNames | null;
    purges: Purges | undefined;
    /** Uncommitted work lies on it, so its tree is that of git alone. */
    isBase: boolean;
  },
): Promise<IndexTreeResult> {
  const { home, repo, memory } = context;
  const local = await readRef({ from: home.store, repo: repo.id });
  const keyAt = (manifest: string | undefined) =>
    canonicalJson([tree.commit, tree.branch, repo.only, context.model, context.limits, purges, manifest]);
  const known = isBase ? memory?.recall(keyAt(local?.ref.manifest)) : undefined;
  if (known) {
    await publishIndex({ home, repo, result: known, tree, names, local });
    return known;
  }
  const previous = await previousManifest({ store: home.store, repo: repo.id, sha256: local?.ref.manifest });
  const result = await runIndexTree(context, {
    tree,
    tableName: SHARED_TABLE,
    previous,
    purges: joinPurges(previous?.purges, purges),
    keepCommits:
      previous && local && commitsToKeep({ manifest: previous, ref: local.ref, names, keep: keepSetting(home) }),
  });
  await publishIndex({ home, repo, result, tree, names, local });
  if (result.changed)
    await sweepFiles({
      local: home.store,
      localDir: home.dir,
      repo: repo.id,
      current: result.manifest,
      before: [previous],
    });
  const now = isBase && memory ? await readRef({ from: home.store, repo: repo.id }) : undefined;
  if (now) memory?.remember(keyAt(now.ref.manifest), result);
  return result;
}

/** Commit and worktree together. The order of the fields is that of `--json`. */
function resultOf(
  { repo, limits }: IndexContext,
  of: {
    readonly source: TreeSource;
    readonly main: IndexTreeResult | undefined;
    readonly worktree: IndexTreeResult | undefined;
    /** There was one before. */
    readonly worktreeDropped: boolean;
    readonly headsPruned: IndexResult["headsPruned"];
    readonly seconds: number;
  },
): IndexResult {
  const { source, main, worktree } = of;
  const parts = partsOf(main, worktree);
  const skipped = distinct(parts.flatMap((part) => part.skipped));
  return {
    repoId: repo.id,
    commit: source.commit?.commit ?? WORKTREE,
    branch: (source.commit ?? source.worktree)?.branch ?? null,
    files: (main ?? worktree)?.snapshot.files ?? 0,
    changed: parts.some((part) => part.changed) || of.worktreeDropped,
    headsPruned: of.headsPruned,
    newFiles: sum(parts.map((part) => part.newFiles)),
    newChunks: sum(parts.map((part) => part.newRows)),
    newBytes: sum(parts.map((part) => part.newBytes)),
    durationMs: Math.round(of.seconds * 1000),
    indexBytes: sum(parts.map((part) => part.manifest.stats.bytes)),
    skipped,
    skippedByReason: countByReason(skipped),
    secrets: limits.secrets,
    redacted: distinct(parts.flatMap((part) => part.redacted)),
    stillIndexed: [...new Set(parts.flatMap((part) => part.stillIndexed))].sort(),
    exposed: distinct(parts.flatMap((part) => part.exposed)).map(({ path, blob, secrets }) => ({
      path,
      blob,
      secrets,
    })),
    worktree: worktree ? { files: worktree.snapshot.files } : null,
    stages: { source: source.seconds, ...addStages(parts) },
  };
}

const partsOf = (...parts: readonly (IndexTreeResult | undefined)[]): readonly IndexTreeResult[] =>
  parts.filter((part) => part !== undefined);

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

function distinct<T extends Pick<SkippedFile, "path" | "blob">>(files: readonly T[]): readonly T[] {
  return [...new Map(files.map((f) => [`${f.path}\0${f.blob}`, f])).values()];
}

function countByReason(skipped: readonly SkippedFile[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of skipped) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

function addStages(parts: readonly IndexTreeResult[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const { stages } of parts)
    for (const [name, seconds] of Object.entries(stages)) total[name] = (total[name] ?? 0) + seconds;
  return Object.fromEntries(Object.entries(total).map(([name, seconds]) => [name, Math.round(seconds * 1000) / 1000]));
}
