/**
 * What `worktree` means for a repository: the uncommitted files' own table, and the files of the main table that are
 * unchanged. It lies outside every key that a push reads, so it cannot leave the machine.
 */
import { canonicalJson } from "../../protocol/canonical-json.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { worktreeKey } from "../../protocol/keys.ts";
import type { ObjectStore } from "../../store/object-store.ts";

export interface WorktreeRef {
  readonly format: 1;
  /** The uncommitted files: sha256 of the manifest of `worktree.lance`, and of its snapshot. */
  readonly overlay: { readonly manifest: string; readonly snapshot: string; readonly files: number };
  /** The unchanged files of the main table; null: there is none. */
  readonly base: {
    readonly manifest: string;
    readonly tableId: string;
    readonly snapshot: string;
    readonly files: number;
  } | null;
}

export async function readWorktreeRef(
  store: ObjectStore,
  repo: string,
  signal?: AbortSignal,
): Promise<WorktreeRef | undefined> {
  const stored = await store.get(worktreeKey(repo), { signal });
  if (!stored) return undefined;
  try {
    const value = JSON.parse(new TextDecoder().decode(stored.bytes)) as Partial<WorktreeRef>;
    if (value.format === 1 && value.overlay && value.base !== undefined) return value as WorktreeRef;
  } catch {
    // the message below says all there is to say about text that is not JSON
  }
  throw new RepobaseError("corrupt_index", `"${worktreeKey(repo)}" is damaged`, { hint: `repobase index ${repo}` });
}

export async function writeWorktreeRef(store: ObjectStore, repo: string, ref: WorktreeRef): Promise<void> {
  await store.put(worktreeKey(repo), new TextEncoder().encode(canonicalJson(ref)));
}

export async function dropWorktreeRef(store: ObjectStore, repo: string): Promise<void> {
  await store.delete(worktreeKey(repo));
}
