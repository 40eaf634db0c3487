/**
 * What `worktree` means for a repository: the uncommitted files' own table, and the files of the main table that are
 * unchanged. It lies outside every key that a push reads, so it cannot leave the machine.
 */
import { literal, nullable } from "valibot";
import { rm } from "node:fs/promises";
import type { Home } from "../../home/home.ts";
import type { RepoConfig } from "../../home/config.ts";
import { canonicalJson } from "../../protocol/canonical-json.ts";
import { count, decodeDocument, type DocumentType, fields, textThat } from "../../protocol/decode.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { isSha256 } from "../../protocol/ids.ts";
import { isTableId, worktreeKey, worktreePrefix } from "../../protocol/keys.ts";
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

/** A repository, or one of its linked work trees. */
type Checkout = Pick<RepoConfig, "id" | "checkout">;
const keyOf = ({ id, checkout }: Checkout): string => worktreeKey(id, checkout);

const sha256 = textThat(isSha256, "a sha256");
const WORKTREE_REF: DocumentType<WorktreeRef> = {
  name: "worktree ref",
  format: 1,
  damaged: "corrupt_index",
  schema: fields({
    format: literal(1, "must be 1"),
    overlay: fields({ manifest: sha256, snapshot: sha256, files: count }),
    base: nullable(
      fields({ manifest: sha256, tableId: textThat(isTableId, "a table id"), snapshot: sha256, files: count }),
    ),
  }),
};

export async function readWorktreeRef(
  store: ObjectStore,
  repo: Checkout,
  signal?: AbortSignal,
): Promise<WorktreeRef | undefined> {
  const stored = await store.get(keyOf(repo), { signal });
  return stored && decodeWorktreeRef(stored.bytes, repo.id);
}

/** @throws RepobaseError `unsupported_format`, `corrupt_index` */
export const decodeWorktreeRef = (bytes: Uint8Array | string, repo: string): WorktreeRef =>
  decodeDocument(WORKTREE_REF, bytes, worktreeKey(repo));

export async function writeWorktreeRef(store: ObjectStore, repo: Checkout, ref: WorktreeRef): Promise<void> {
  await store.put(keyOf(repo), new TextEncoder().encode(canonicalJson(ref)));
}

export async function dropWorktreeRef(store: ObjectStore, repo: Checkout): Promise<void> {
  await store.delete(keyOf(repo));
}

/** Those of the repository and of all its linked work trees; undefined: one of them cannot be read. */
export async function listWorktreeRefs(store: ObjectStore, id: string): Promise<readonly WorktreeRef[] | undefined> {
  const keys = [worktreeKey(id)];
  for await (const { key } of store.list(`${worktreePrefix(id)}/`)) keys.push(key);
  try {
    const found = await Promise.all(keys.map((key) => store.get(key)));
    return found.flatMap((stored) => (stored ? [decodeWorktreeRef(stored.bytes, id)] : []));
  } catch (error) {
    if (isRepobaseError(error, "corrupt_index", "unsupported_format")) return undefined;
    throw error;
  }
}

/** Of the repository and of all its linked work trees: they share one table. */
export async function dropWorktrees(home: Home, id: string): Promise<void> {
  await home.store.delete(worktreeKey(id));
  await rm(home.path(worktreePrefix(id)), { recursive: true, force: true });
}
