/**
 * Which events matter. Pure. Of git's own folder only what says which commit is checked out and which files are git's: objects and
 * logs come with every command and change nothing. Of a repository inside the folder nothing of git counts.
 */

/** In the folder that git keeps: where HEAD is, the refs, the index, and rules for files. */
export function countsInGitFolder(path: string): boolean {
  // git writes beside a file and renames; the name of the file itself follows
  if (path.endsWith(".lock")) return false;
  return /^(HEAD|index|packed-refs|config|config\.worktree|info\/.*|refs(\/(heads|tags|replace)(\/.*)?)?)$/s.test(path);
}

/**
 * @param path relative to the watched folder; undefined: the folder itself was moved or deleted
 * @param ownFolder the home folder of the indexes, relative to the watched one, where it lies inside: indexing writes there
 */
export function countsInFolder(path: string | undefined, ownFolder: string | undefined): boolean {
  if (path === undefined) return true;
  if (ownFolder !== undefined && (path === ownFolder || path.startsWith(`${ownFolder}/`))) return false;
  const [first, ...rest] = path.split("/");
  if (first === ".git") return rest.length === 0 || countsInGitFolder(rest.join("/"));
  return !rest.includes(".git");
}
