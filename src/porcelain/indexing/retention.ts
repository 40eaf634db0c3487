/** Which commits of a repository on this machine stay searchable (protocol/retention.ts), by its setting and by what names them. */
import type { Home } from "../../home/home.ts";
import { checkSetting, findSetting } from "../../home/settings.ts";
import { syncedIn } from "../../plumbing/local-ref.ts";
import { logOf, PAGE_COMMITS } from "../../protocol/history.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import type { Ref } from "../../protocol/ref.ts";
import { KEEP_COMMITS, keptCommits } from "../../protocol/retention.ts";
import type { SourceNames } from "../../source/source-names.ts";

/** Of each branch. @throws RepobaseError `usage` for a variable that is no number */
export function keepSetting({ env }: Pick<Home, "env">): number {
  const given = env.REPOBASE_KEEP_COMMITS;
  if (given === undefined || given === "") return KEEP_COMMITS;
  return Number(checkSetting(findSetting("index.keepCommits"), given, "REPOBASE_KEEP_COMMITS"));
}

interface Named {
  /** Whole. */
  readonly manifest: Manifest;
  readonly ref: Ref;
  /** What the source calls its commits; null: not known. */
  readonly names?: SourceNames | null;
  readonly keep: number;
}

/** Commits that fall out: neither branch nor tag, here or in the cloud, names them, and many newer ones are on their branch. */
export function commitsToDrop({ manifest, ref, names, keep }: Named): readonly string[] {
  const cloud = syncedIn(ref)?.ref;
  const named = [
    ...Object.values(ref.tags ?? {}),
    ...Object.values(cloud?.heads ?? {}),
    ...Object.values(cloud?.tags ?? {}),
    ...(names?.tags.values() ?? []),
  ];
  const kept = keptCommits({ manifest, heads: ref.heads, named, keep });
  return logOf(manifest).flatMap(({ commit }) => (kept.has(commit) ? [] : [commit]));
}

/**
 * For an index run, which goes by pages: dropping a commit moves all pages of history, and a page's worth at a time moves them seldom.
 * @returns undefined: all stay
 */
export function commitsToKeep(of: Named): ReadonlySet<string> | undefined {
  const dropped = new Set(commitsToDrop(of));
  if (dropped.size < PAGE_COMMITS) return undefined;
  return new Set(Object.keys(of.manifest.snapshots)).difference(dropped);
}

export function withoutCommits(manifest: Manifest, dropped: readonly string[]): Manifest {
  const gone = new Set(dropped);
  const log = logOf(manifest).filter(({ commit }) => !gone.has(commit));
  const snapshots = Object.fromEntries(Object.entries(manifest.snapshots).filter(([commit]) => !gone.has(commit)));
  return { ...manifest, snapshots, log };
}
