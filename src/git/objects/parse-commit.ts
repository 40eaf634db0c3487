/** Pure readers of commit and tag objects: lines of `<key> <value>`, an empty line, then the message. */
import { RepobaseError } from "../../protocol/errors.ts";
import { GIT_ID_HEX } from "../../protocol/ids.ts";

/** @throws RepobaseError `damaged_repository` for bytes that are no commit */
export function parseCommit(bytes: Buffer): { readonly tree: string } {
  return { tree: firstLine(bytes, "tree") };
}

/** The commits that one follows, its first parent first. */
export function parentsOf(bytes: Buffer): string[] {
  const end = bytes.indexOf("\n\n");
  const lines = bytes.toString("latin1", 0, end === -1 ? bytes.length : end).split("\n");
  const parent = new RegExp(`^parent (${GIT_ID_HEX})$`);
  return lines.flatMap((line) => parent.exec(line)?.[1] ?? []);
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
