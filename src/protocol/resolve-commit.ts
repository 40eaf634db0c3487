/**
 * From what a user calls a version (branch, tag, commit, short commit, HEAD, nothing) to the commit whose snapshot is searched.
 * One rule for the command line, `serve` and the Worker, so that the same words mean the same files everywhere.
 */
import { RepobaseError } from "./errors.ts";
import type { Manifest } from "./manifest.ts";
import { didYouMean, nearNames } from "./near-names.ts";
import type { Ref } from "./ref.ts";

/** Shorter prefixes are more likely a typing mistake than a commit. */
const MIN_PREFIX = 4;
const HEX = /^[0-9a-f]+$/i;
const NAMED = 10;

export interface ResolvedCommit {
  readonly commit: string;
  /** The branch that was named, or the default one; null when a tag or a commit was named. */
  readonly branch: string | null;
}

type Index = { readonly ref: Ref; readonly manifest: Pick<Manifest, "repo" | "snapshots"> };

/**
 * `name`: a branch or a tag of the ref, the same in full (`refs/tags/v1`, `origin/main`), a commit of the manifest, a unique
 * prefix (>= 4) of one; `HEAD` or null: the default branch. A branch or a tag wins over a commit of the same name.
 * @throws RepobaseError `ref_not_found` (fields: `ref`, `branches`, and `candidates` when several commits fit)
 */
export function resolveCommit(ref: Ref, manifest: Index["manifest"], name: string | null): ResolvedCommit {
  const index = { ref, manifest };
  const named = name === null || name === "HEAD" ? headOf(index) : (namedCommit(index, name) ?? byDigits(index, name));
  if (Object.hasOwn(manifest.snapshots, named.commit)) return named;
  throw notFound(index, { name: name ?? ref.default, why: "its commit has no snapshot in the index" });
}

function headOf(index: Index): ResolvedCommit {
  const { heads, default: branch } = index.ref;
  const commit = Object.hasOwn(heads, branch) ? heads[branch] : undefined;
  if (commit !== undefined) return { commit, branch };
  const why = branch === "" ? "no branch is indexed, only commits" : "the default branch has no head";
  throw notFound(index, { name: branch || "HEAD", why });
}

/** undefined: no branch and no tag. */
function namedCommit(index: Index, name: string): ResolvedCommit | undefined {
  const { heads, tags = {} } = index.ref;
  const branch = [name, after(name, "refs/heads/")].find((short) => short !== undefined && Object.hasOwn(heads, short));
  const tag = [name, after(name, "refs/tags/")].find((short) => short !== undefined && Object.hasOwn(tags, short));
  const [head, tagged] = [branch === undefined ? undefined : heads[branch], tag === undefined ? undefined : tags[tag]];
  if (head !== undefined && tagged !== undefined && head !== tagged)
    throw notFound(index, {
      name,
      why: "a branch and a tag are called so",
      hint: `say which: refs/heads/${name} or refs/tags/${name}`,
      candidates: [head, tagged],
    });
  if (branch !== undefined && head !== undefined) return { commit: head, branch };
  if (tagged !== undefined) return { commit: tagged, branch: null };
  const short = after(name, "refs/remotes/origin/") ?? after(name, "origin/");
  if (short === undefined) return undefined;
  if (short === "HEAD") return headOf(index);
  const commit = Object.hasOwn(heads, short) ? heads[short] : undefined;
  return commit === undefined ? undefined : { commit, branch: short };
}

const after = (name: string, prefix: string): string | undefined =>
  name.startsWith(prefix) ? name.slice(prefix.length) : undefined;

function byDigits(index: Index, name: string): ResolvedCommit {
  const wanted = name.toLowerCase();
  const { snapshots } = index.manifest;
  if (Object.hasOwn(snapshots, wanted)) return { commit: wanted, branch: null };
  if (wanted.length < MIN_PREFIX || !HEX.test(wanted))
    throw notFound(index, { name, why: "no indexed branch or tag is called so" });
  const candidates = Object.keys(snapshots).filter((commit) => commit.startsWith(wanted));
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return { commit: only, branch: null };
  if (only === undefined) throw notFound(index, { name, why: "no indexed branch, tag or commit is called so" });
  const shown = candidates.sort().slice(0, NAMED);
  throw notFound(index, {
    name,
    why: `${candidates.length} indexed commits start so`,
    hint: `give more digits: ${shown.join(", ")}`,
    candidates: shown,
  });
}

function notFound(
  { ref, manifest: { repo } }: Index,
  of: { name: string; why: string; hint?: string; candidates?: readonly string[] },
): RepobaseError {
  const branches = Object.keys(ref.heads).sort();
  const tags = Object.keys(ref.tags ?? {}).sort();
  const near = nearNames(of.name, [...branches, ...tags]).filter((known) => known !== of.name);
  const indexed = `indexed: ${listed(branches) || "no branches"}${tags.length > 0 ? `; tags: ${listed(tags)}` : ""}`;
  return new RepobaseError("ref_not_found", `ref ${JSON.stringify(of.name)} of ${repo} not found: ${of.why}`, {
    hint: of.hint ?? [didYouMean(near), indexed].filter(Boolean).join(" "),
    fields: { repo, ref: of.name, branches, tags, near, ...(of.candidates ? { candidates: of.candidates } : {}) },
  });
}

const listed = (names: readonly string[]): string =>
  names.slice(0, NAMED).join(", ") + (names.length > NAMED ? ` and ${names.length - NAMED} more` : "");
