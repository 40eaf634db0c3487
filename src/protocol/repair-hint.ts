/** Names the command that repairs, in errors that tell of a damaged or missing part of an index. */
import { type ErrorCode, isRepobaseError, RepobaseError } from "./errors.ts";

const DAMAGE: readonly ErrorCode[] = ["corrupt_index", "hash_mismatch", "missing_objects"];

/** The repository in a key of a store, or in a path that ends with one. */
const REPO_IN_KEY = /(?:^|\/)(?:index|manifests|snapshots|refs|worktrees)\/([a-z0-9][a-z0-9._-]*?)(?:\.json)?(?:\/|$)/;

export const repairCommand = (repo: string, remote: boolean): string =>
  `repobase repair ${remote ? "--remote " : ""}${repo}`;

/** @param error any; one that has a hint, or names no repository, is given back as it is */
export function withRepairHint(error: unknown, of: { readonly remote: boolean }): unknown {
  if (!isRepobaseError(error, ...DAMAGE) || error.hint !== undefined) return error;
  const { repo, key, file, document, remote } = error.fields;
  const named = [repo, ...[key, file, document].map(repoIn)].find((name) => typeof name === "string");
  if (named === undefined) return error;
  const isRemote = of.remote || remote === true;
  return new RepobaseError(error.code, error.message, {
    hint: `mend it with: ${repairCommand(String(named), isRemote)}`,
    fields: error.fields,
    cause: error.cause,
  });
}

const repoIn = (key: unknown): string | undefined => (typeof key === "string" ? REPO_IN_KEY.exec(key)?.[1] : undefined);

/** The same for what `work` throws while it reads the other side. */
export async function hintingRemote<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw withRepairHint(error, { remote: true });
  }
}
