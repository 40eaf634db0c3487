/**
 * The names that formats are made of: hashes, commits, tables. Patterns live here and nowhere else.
 */

/** Source of a regular expression: the hex digits of a sha256. */
export const SHA256_HEX = "[0-9a-f]{64}";
/** Source of a regular expression: the id of an object in a SHA-1 git repository, the only kind that is read here. */
export const GIT_ID_HEX = "[0-9a-f]{40}";

const SHA256 = new RegExp(`^${SHA256_HEX}$`);
const GIT_ID = new RegExp(`^${GIT_ID_HEX}$`);
const TABLE_NAME = /^[a-z0-9][a-z0-9_-]*\.lance$/;

export const isSha256 = (text: unknown): text is string => typeof text === "string" && SHA256.test(text);
export const isGitId = (text: string): boolean => GIT_ID.test(text);
/** Of a SHA-1 or a SHA-256 repository: other programs may push the latter. */
export const isCommit = (text: string): boolean => GIT_ID.test(text) || SHA256.test(text);
export const isTableName = (text: string): boolean => TABLE_NAME.test(text);

/** In place of a commit or a branch: uncommitted files. */
export const WORKTREE = "worktree";
/** Folder of the table that is pushed, below `index/{repoId}/`. */
export const SHARED_TABLE = "files.lance";
/** Folder of the table of uncommitted files, which never leaves the machine. */
export const WORKTREE_TABLE = "worktree.lance";
export type LocalTable = typeof SHARED_TABLE | typeof WORKTREE_TABLE;

/** As people write it; what is no id stays as it is. */
export const shortCommit = (commit: string): string => (isGitId(commit) ? commit.slice(0, 10) : commit);
