/**
 * Has a folder changed since it was indexed? Told from its fingerprint alone, which costs about as much as `git status`: no file is
 * read, nothing is indexed.
 */
import { folderOf, type RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { writeFileAtomic } from "../../files/write-file-atomic.ts";
import { readRegularFile } from "../../files/read-regular-file.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import type { StaleFolder } from "../../protocol/search-api.ts";
import { type Fingerprint, fingerprintFolder } from "../../source/fingerprint-folder.ts";

/** undefined: no, or there is no folder to compare with. */
export async function findStale(home: Home, repo: RepoConfig): Promise<StaleFolder | undefined> {
  const folder = folderOf(repo);
  if (folder === undefined) return undefined;
  const now = await lookAt(home, repo);
  if (now === undefined) return undefined;
  const of = { repoId: repo.id, folder, indexedCommit: repo.lastIndexedCommit, headCommit: now.commit };
  if (now.commit !== null && now.commit !== repo.lastIndexedCommit) return { ...of, changed: "commit" };
  const seen = readSeen(home, repo);
  return seen === undefined || seen === now.id ? undefined : { ...of, changed: "files" };
}

/** @param of.fingerprint taken before the source was read: what changed after that is not in the index */
export async function rememberSeen(home: Home, repo: RepoConfig, fingerprint: Fingerprint | undefined): Promise<void> {
  if (fingerprint !== undefined && readSeen(home, repo) !== fingerprint.id)
    await writeFileAtomic(placeOf(home, repo), fingerprint.id);
}

/** undefined: it takes a closer look, or the folder cannot be read, which is no matter of age. */
export async function lookAt(home: Home, { source, only }: RepoConfig): Promise<Fingerprint | undefined> {
  try {
    return source.kind === "folder" ? await fingerprintFolder(source.path, home.env, { only }) : undefined;
  } catch (error) {
    if (isRepobaseError(error)) return undefined;
    throw error;
  }
}

const placeOf = (home: Home, { id, checkout }: RepoConfig): string =>
  home.path("cache", id, checkout === undefined ? "seen" : `seen-${checkout}`);

function readSeen(home: Home, repo: RepoConfig): string | undefined {
  try {
    return readRegularFile(placeOf(home, repo)).toString("utf8");
  } catch {
    return undefined; // a cache: without it only commits are compared
  }
}
