/**
 * From what a user calls a version (branch, commit, short commit, nothing) to the commit whose snapshot is searched.
 * One rule for the command line, `serve` and the Worker, so that the same words mean the same files everywhere.
 */
import { RepobaseError } from "./errors.ts";
import type { Manifest } from "./manifest.ts";
import type { Ref } from "./ref.ts";

/** Shorter prefixes are more likely a typing mistake than a commit. */
const MIN_PREFIX = 4;
const HEX = /^[0-9a-f]+$/i;

export interface ResolvedCommit {
  readonly commit: string;
  /** The branch that was named, or the default one; null when a commit was named. */
  readonly branch: string | null;
}

/**
 * `name`: a branch of the ref, a commit of the manifest, a unique prefix (>= 4) of one, or null for the default branch.
 * A branch wins over a commit of the same name.
 * @throws RepobaseError `ref_not_found` (fields: `ref`, `branches`, and `candidates` when a prefix is not unique)
 */
export function resolveCommit(ref: Ref, manifest: Manifest, name: string | null): ResolvedCommit {
  const branch = name ?? ref.default;
  if (Object.hasOwn(ref.heads, branch)) {
    const commit = ref.heads[branch];
    if (commit !== undefined && Object.hasOwn(manifest.snapshots, commit)) return { commit, branch };
    throw notFound(manifest.repo, branch, ref, "its commit has no snapshot in the index");
  }
  if (name === null) throw notFound(manifest.repo, branch, ref, "the default branch has no head");
  const wanted = name.toLowerCase();
  if (Object.hasOwn(manifest.snapshots, wanted)) return { commit: wanted, branch: null };
  if (wanted.length < MIN_PREFIX || !HEX.test(wanted)) throw notFound(manifest.repo, name, ref, "no such branch");
  const candidates = Object.keys(manifest.snapshots).filter((commit) => commit.startsWith(wanted));
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return { commit: only, branch: null };
  throw only === undefined
    ? notFound(manifest.repo, name, ref, "no such branch and no indexed commit starts so")
    : notFound(
        manifest.repo,
        name,
        ref,
        `${candidates.length} indexed commits start so`,
        candidates.sort().slice(0, 10),
      );
}

function notFound(repo: string, name: string, ref: Ref, why: string, candidates?: readonly string[]): RepobaseError {
  const branches = Object.keys(ref.heads).sort();
  return new RepobaseError("ref_not_found", `ref ${JSON.stringify(name)} of ${repo} not found: ${why}`, {
    hint: candidates
      ? `give more digits: ${candidates.join(", ")}`
      : `indexed branches: ${branches.join(", ") || "none"}`,
    fields: { repo, ref: name, branches, ...(candidates ? { candidates } : {}) },
  });
}
