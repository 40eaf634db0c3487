/** Writing of refs into a clone of ours: below `refs/` or `HEAD`, and nowhere else, whatever was asked. */
import { lstatSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../../files/write-file-atomic.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { isGitId } from "../../protocol/ids.ts";
import { readTextIfThere } from "../objects/git-config.ts";
import { isBranchOrTag } from "../objects/ref-name.ts";

/** What a ref holds: an id of 40 hex digits, or (HEAD alone) the full name of a branch. */
export type RefValue = { readonly id: string } | { readonly branch: string };

/**
 * @param name `HEAD`, or a branch or tag in full
 * @throws RepobaseError `refused_remote` for another name or value, or where a folder on the way is a link; and what writing throws
 */
export async function writeRef(gitdir: string, name: string, value: RefValue): Promise<void> {
  const isHead = name === "HEAD";
  const isValid = "id" in value ? isGitId(value.id) : isHead && isBranchOrTag(value.branch);
  if (!isValid || !(isHead || isBranchOrTag(name)))
    throw new RepobaseError("refused_remote", `refused to write the ref ${JSON.stringify(name.slice(0, 200))}`, {
      hint: "the remote's answer is not one that git would accept",
    });
  await clearTheWay(gitdir, name);
  const text = "id" in value ? `${value.id}\n` : `ref: ${value.branch}\n`;
  const path = join(gitdir, name);
  if (readTextIfThere(path) === text) return; // a no-op run writes nothing
  await writeFileAtomic(path, text);
}

/**
 * The file itself is replaced whatever it is; a folder on the way that is a link would lead out of the clone. A remote has
 * never both `a` and `a/b`, so where one of them is here and the other comes, the old one is gone there.
 */
async function clearTheWay(gitdir: string, name: string): Promise<void> {
  let path = gitdir;
  const parts = name.split("/");
  for (const [at, part] of parts.entries()) {
    path = join(path, part);
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there === undefined) return;
    const isLast = at === parts.length - 1;
    if (!isLast && there.isSymbolicLink())
      throw new RepobaseError("refused_remote", `"${path}" is a link, and nothing is written behind it`, {
        hint: "remove the link; the branch is fetched again",
      });
    if (there.isDirectory() === isLast) {
      await rm(path, { recursive: true, force: true });
      return;
    }
  }
}
