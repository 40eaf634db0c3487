/** Pure readers of commit and tag objects: lines of `<key> <value>`, an empty line, then the message. */
import { RepobaseError } from "../../protocol/errors.ts";
import { GIT_ID_HEX } from "../../protocol/ids.ts";

/** @throws RepobaseError `damaged_repository` for bytes that are no commit */
export function parseCommit(bytes: Buffer): { readonly tree: string } {
  return { tree: firstLine(bytes, "tree") };
}

/** @returns what the tag points at: a commit, or another tag. @throws RepobaseError `damaged_repository` for bytes that are no tag */
export function parseTag(bytes: Buffer): { readonly object: string } {
  return { object: firstLine(bytes, "object") };
}

function firstLine(bytes: Buffer, key: string): string {
  const id = new RegExp(`^${key} (${GIT_ID_HEX})\n`).exec(bytes.toString("latin1", 0, key.length + 42))?.[1];
  if (id === undefined) throw new RepobaseError("damaged_repository", `a git object does not start with its ${key}`);
  return id;
}
