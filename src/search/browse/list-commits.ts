/** `GET /v1/repos/:id/commits`: what the index has, and which of it changed one file. */
import type { CommitList, FileChange, FileHistory, IndexedCommit } from "../../protocol/browse-api.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { strings } from "../../lance/values.ts";
import { mapBounded } from "../../store/map-bounded.ts";
import type { IndexView } from "../index-view.ts";
import { type CommitReader, commitsInOrder, type OrderedCommit, snapshotOf, withAllCommits } from "./commit-order.ts";
import { listVisibleFiles } from "./visible-files.ts";

/** Snapshots that one question about a file looks into, each a read where the server has not seen it lately. */
const MAX_LOOKED_INTO = 200;

interface CommitPage {
  readonly limit: number;
  /** The commit that the page before ended with. */
  readonly after: string | undefined;
}

/** `next` is the commit that the page ends with, not yet a cursor. @throws RepobaseError `ref_not_found` when `after` is not there */
export async function listCommits(current: CommitReader, { limit, after }: CommitPage): Promise<CommitList> {
  const reader = await withAllCommits(current);
  const rest = commitsAfter(await commitsInOrder(reader), after);
  const page = rest.slice(0, limit);
  const commits = await mapBounded(page, (commit) => describeCommit(reader, commit));
  return { repoId: reader.repo, commits, next: rest.length > limit ? (page.at(-1)?.commit ?? null) : null };
}

/**
 * @param of.view any commit of the same manifest: it lends the open table
 * @throws RepobaseError `not_found` when no indexed commit has the file, `ref_not_found` as `listCommits`
 */
export async function fileHistory(
  current: CommitReader,
  of: CommitPage & { readonly view: IndexView; readonly path: string },
): Promise<FileHistory> {
  const { view, path, limit, after } = of;
  const reader = await withAllCommits(current);
  const [versions, all] = await Promise.all([versionsOf(view, path, reader.signal), commitsInOrder(reader)]);
  if (versions.length === 0)
    throw new RepobaseError(
      "not_found",
      `no indexed commit of ${reader.repo} has a file ${JSON.stringify(path.slice(0, 200))}`,
      {
        fields: { repo: reader.repo, path },
      },
    );
  const rest = commitsAfter(all, after);
  const looked = rest.slice(0, MAX_LOOKED_INTO);
  // one more: whether a commit changed the file, only the one before it tells
  const blobs = await mapBounded(rest.slice(0, MAX_LOOKED_INTO + 1), async ({ commit }) => {
    const visible = await snapshotOf(reader, commit);
    return versions.find(({ fileId }) => visible.has(fileId))?.blob ?? null;
  });
  const changes: { commit: OrderedCommit; change: FileChange["change"]; blob: string | null }[] = [];
  let seen = 0;
  for (const commit of looked) {
    const [blob = null, before = null] = [blobs[seen], blobs[seen + 1]];
    seen++;
    if (blob !== before)
      changes.push({ commit, blob, change: blob === null ? "removed" : before === null ? "added" : "changed" });
    if (changes.length === limit) break;
  }
  const commits = await mapBounded(changes, async ({ commit, change, blob }) => ({
    ...(await describeCommit(reader, commit)),
    change,
    blob,
  }));
  return { repoId: reader.repo, path, commits, next: rest.length > seen ? (looked[seen - 1]?.commit ?? null) : null };
}

/** Of one path, in all commits; the highest id first. */
async function versionsOf(view: IndexView, path: string, signal: AbortSignal | undefined) {
  const everything: IndexView = { ...view, visible: { has: () => true } };
  const files = await listVisibleFiles(everything, { matchesPath: (each) => each === path, language: null }, signal);
  const versions = files.toSorted((a, b) => b.fileId - a.fileId);
  const firsts = versions.map(({ first }) => first);
  const blobs = strings(await view.table.take("blob", firsts, signal));
  return versions.map(({ fileId }, at) => ({ fileId, blob: blobs[at] ?? "" }));
}

function commitsAfter(commits: readonly OrderedCommit[], after: string | undefined): readonly OrderedCommit[] {
  if (after === undefined) return commits;
  const at = commits.findIndex(({ commit }) => commit === after);
  if (at < 0)
    throw new RepobaseError("ref_not_found", "the commit at which the list goes on is no longer in the index", {
      hint: "ask without the cursor",
    });
  return commits.slice(at + 1);
}

async function describeCommit(reader: CommitReader, { commit, stored }: OrderedCommit): Promise<IndexedCommit> {
  const { heads, tags = {}, default: main } = reader.ref;
  const namesIn = (names: Readonly<Record<string, string>>) =>
    Object.keys(names)
      .filter((name) => names[name] === commit)
      .sort();
  const { size } = await snapshotOf(reader, commit);
  const branches = namesIn(heads);
  return {
    commit,
    branches,
    tags: namesIn(tags),
    default: branches.includes(main),
    pushedAt: stored === null ? null : new Date(stored).toISOString(),
    fileCount: size,
  };
}
