/** What a repository calls its commits right now: branches, tags, and the branch that its origin calls the default one. */
import { listRefs } from "../git/objects/list-refs.ts";
import { peelToCommit, type Repository } from "../git/objects/repository.ts";
import { resolveFullRef } from "../git/objects/refs.ts";
import { isRepobaseError } from "../protocol/errors.ts";

export interface SourceNames {
  /** Its own and its origin's, without `refs/...`. */
  readonly branches: ReadonlySet<string>;
  /** tag -> commit; an annotated tag's is what it points at. */
  readonly tags: ReadonlyMap<string, string>;
  /** null: there is no origin, or it does not say. */
  readonly mainBranch: string | null;
}

const HEADS = "refs/heads/";
const ORIGIN = "refs/remotes/origin/";
const TAGS = "refs/tags/";

/** Of a repository on this machine. */
export function namesOf(repository: Repository): SourceNames {
  const { commonDir } = repository;
  const own = Array.from(listRefs(commonDir, HEADS).keys(), (name) => name.slice(HEADS.length));
  const theirs = Array.from(listRefs(commonDir, ORIGIN).keys(), (name) => name.slice(ORIGIN.length));
  const tags = new Map<string, string>();
  for (const [name, { id, peeled }] of listRefs(commonDir, TAGS)) {
    const commit = peeled ?? commitOf(repository, id);
    if (commit !== undefined) tags.set(name.slice(TAGS.length), commit);
  }
  const main = resolveFullRef(commonDir, `${ORIGIN}HEAD`)?.name;
  return {
    branches: new Set([...own, ...theirs]),
    tags,
    mainBranch: main?.startsWith(ORIGIN) ? main.slice(ORIGIN.length) : null,
  };
}

/** undefined: a tag of a tree or a file, or one whose object is not here. */
function commitOf(repository: Repository, id: string): string | undefined {
  try {
    return peelToCommit(repository, id, id);
  } catch (error) {
    if (isRepobaseError(error)) return undefined;
    throw error;
  }
}

/** Of a remote, by what it offers. */
export function namesOffered(offered: {
  readonly refs: readonly { readonly name: string; readonly id: string; readonly peeled: string | null }[];
  readonly head: { readonly branch: string | null };
}): SourceNames {
  const below = (prefix: string) =>
    offered.refs.flatMap(({ name, id, peeled }) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), peeled ?? id] as const] : [],
    );
  return {
    branches: new Set(below(HEADS).map(([name]) => name)),
    tags: new Map(below(TAGS)),
    mainBranch: offered.head.branch?.slice(HEADS.length) ?? null,
  };
}
