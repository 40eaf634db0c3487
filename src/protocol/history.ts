/**
 * The commits of an index, in the order in which they were indexed. A manifest as it is stored says the snapshots of the newest
 * ones only; older ones lie in pages, immutable documents beside the snapshots, each of which links to the one before it. So
 * neither a manifest nor a push grows with history. In memory a manifest is *whole*: it has all snapshots and no link.
 * How many commits go into a page is part of the format: everybody must cut the same history in the same places.
 */
import { array, exactOptional } from "valibot";
import { canonicalJson } from "./canonical-json.ts";
import { count, decodeDocument, type DocumentType, fields, text, textThat } from "./decode.ts";
import { RepobaseError } from "./errors.ts";
import { sha256Hex } from "./hash.ts";
import { isCommit, isSha256 } from "./ids.ts";
import { isRepoId, isTableId } from "./keys.ts";
import { encodeManifest, type LoggedCommit, type Manifest } from "./manifest.ts";

const PAGE_FORMAT = 1;
/** Commits of a page: some 5 kB. */
export const PAGE_COMMITS = 32;
/** The manifest itself says at least so many, and up to a page more. */
export const NEWEST_COMMITS = 8;

export interface HistoryPage {
  readonly format: number;
  readonly repo: string;
  readonly tableId: string;
  /** Oldest first. */
  readonly commits: readonly (LoggedCommit & { readonly snapshot: string })[];
  /** sha256 of the page before; absent: this is the first. */
  readonly older?: string;
}

const sha256 = textThat(isSha256, "a sha256");

export const HISTORY_PAGE: DocumentType<HistoryPage> = {
  name: "page of history",
  format: PAGE_FORMAT,
  damaged: "corrupt_index",
  schema: fields({
    format: count,
    repo: textThat(isRepoId, "a repository id"),
    tableId: textThat(isTableId, "a table id"),
    commits: array(
      fields({ commit: textThat(isCommit, "a commit"), snapshot: sha256, branch: exactOptional(text) }),
      "must be a list",
    ),
    older: exactOptional(sha256),
  }),
};

/** @throws RepobaseError `unsupported_format`, `corrupt_index` */
export const decodeHistoryPage = (bytes: Uint8Array, key?: string): HistoryPage =>
  decodeDocument(HISTORY_PAGE, bytes, key);

/** A document, and its name. */
export interface Sealed {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** A manifest as it is stored. `pages`: oldest first; all of them are there before the manifest is. */
export interface SealedManifest extends Sealed {
  readonly pages: readonly Sealed[];
}

/** Of whole manifests, as they are in memory. The same manifest has the same name everywhere. */
export async function sealManifest(manifest: Manifest): Promise<SealedManifest> {
  const log = logOf(manifest);
  const inPages = manifest.segments === undefined ? 0 : commitsInPages(log.length);
  const { repo, tableId, snapshots } = manifest;
  const pages: Sealed[] = [];
  for (let at = 0; at < inPages; at += PAGE_COMMITS) {
    const commits = log
      .slice(at, at + PAGE_COMMITS)
      .map((logged) => Object.assign({ snapshot: snapshots[logged.commit] as string }, logged));
    const older = pages.at(-1)?.sha256;
    const page: HistoryPage = { format: PAGE_FORMAT, repo, tableId, commits, ...(older !== undefined && { older }) };
    pages.push(await seal(new TextEncoder().encode(canonicalJson(page))));
  }
  const newest = pages.at(-1);
  const told = manifest.log === undefined ? manifest : { ...manifest, log };
  return { ...(await seal(encodeManifest(newest ? shortened(manifest, newest.sha256, inPages) : told))), pages };
}

/** @returns what it is called when it is stored */
export const nameOfManifest = async (manifest: Manifest): Promise<string> => (await sealManifest(manifest)).sha256;

function shortened(manifest: Manifest, page: string, inPages: number): Manifest {
  const log = logOf(manifest).slice(inPages);
  const snapshots = Object.fromEntries(log.map(({ commit }) => [commit, manifest.snapshots[commit] as string]));
  return { ...manifest, log, snapshots, history: { sha256: page, commits: inPages } };
}

const seal = async (bytes: Uint8Array): Promise<Sealed> => ({ sha256: await sha256Hex(bytes), bytes });

/** Whole pages, as soon as the manifest would say a page more than it must. */
function commitsInPages(commits: number): number {
  if (commits <= NEWEST_COMMITS + PAGE_COMMITS) return 0;
  return Math.floor((commits - NEWEST_COMMITS) / PAGE_COMMITS) * PAGE_COMMITS;
}

/** All commits that the manifest has a snapshot of, oldest first. Those that no log tells of were there before there was one. */
export function logOf({ log = [], snapshots }: Pick<Manifest, "log" | "snapshots">): readonly LoggedCommit[] {
  const told = log.filter(({ commit }) => Object.hasOwn(snapshots, commit));
  const known = new Set(told.map(({ commit }) => commit));
  const untold = Object.keys(snapshots).filter((commit) => !known.has(commit));
  return [...untold.sort().map((commit) => ({ commit })), ...told];
}

/** A page by its name, checked against it. @throws RepobaseError when it is not there, or not what its name says */
export type ReadPage = (sha256: string) => Promise<HistoryPage>;

/**
 * The pages of a manifest, the newest first.
 * @param until a page that need not be read, nor those before it
 * @throws RepobaseError `corrupt_index` for a page of another table, or a chain that is longer than the manifest says
 */
export async function readPages(
  manifest: Pick<Manifest, "tableId" | "history">,
  readPage: ReadPage,
  until?: string,
): Promise<readonly HistoryPage[]> {
  const pages: HistoryPage[] = [];
  const { sha256: newest, commits = 0 } = manifest.history ?? {};
  let left = commits;
  for (let next = newest; next !== undefined && next !== until;) {
    const page = await readPage(next);
    left -= page.commits.length;
    if (page.tableId !== manifest.tableId || page.commits.length === 0 || left < 0)
      throw new RepobaseError("corrupt_index", `the page of history ${next} does not belong to its manifest`, {
        fields: { page: next },
      });
    pages.push(page);
    next = page.older;
  }
  return pages;
}

/** The manifest with all its snapshots. @throws as `readPages` and `readPage` */
export async function wholeManifest(stored: Manifest, readPage: ReadPage): Promise<Manifest> {
  if (stored.history === undefined) return stored;
  const { history: _, ...manifest } = stored;
  const old = (await readPages(stored, readPage)).toReversed().flatMap(({ commits }) => commits);
  const snapshots = Object.fromEntries(old.map(({ commit, snapshot }) => [commit, snapshot]));
  const log = old.map(({ snapshot: __, ...logged }) => logged);
  return { ...manifest, snapshots: { ...snapshots, ...stored.snapshots }, log: [...log, ...(stored.log ?? [])] };
}

/** `log` with one commit more: the newest, unless it is in it already. */
export function withCommit(log: readonly LoggedCommit[], added: LoggedCommit): readonly LoggedCommit[] {
  return log.some(({ commit }) => commit === added.commit) ? log : [...log, added];
}
