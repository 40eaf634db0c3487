/**
 * A home as an earlier version of the program left it: `fixtures/homes/manifest-{format}` holds the index of the repository that
 * `makeOldRepository` makes, of its three commits, with a file purged. Files there are added, never edited.
 */
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { commitFiles, git, makeRepository } from "./git-server.ts";

export const OLD_HOMES = join(import.meta.dir, "../../fixtures/homes");
/** The parts of a home that hold an index. */
export const INDEX_FOLDERS = ["index", "manifests", "snapshots", "refs"];
/** Matched by the repository's `secret.txt`. */
export const OLD_PURGE = "secret.txt";

const handler = (name: string, words: string) =>
  `/** Handles ${words}. */\nexport function ${name}(input: string): string {\n  return input.trim() + "${words}";\n}\n`;

/** The remote, which nobody asks, names it. @returns its commits, oldest first; the same ids wherever it is made */
export async function makeOldRepository(dir: string): Promise<readonly string[]> {
  const commits = [
    await makeRepository(dir, {
      "README.md": "# Old\n\nMade by an earlier version.\n",
      "src/parse.ts": handler("parseHeader", "parse the header"),
      "secret.txt": "the purged words\n",
    }),
    await commitFiles(dir, { "src/retry.ts": handler("retryLater", "retry after a failure") }),
    await commitFiles(dir, { "src/parse.ts": handler("parseHeader", "parse the header twice") }),
  ];
  await git(dir, "remote", "add", "origin", "https://example.com/team/old");
  return commits;
}

/** @param home made here */
export async function copyOldHome(format: number, home: string): Promise<void> {
  await cp(join(OLD_HOMES, `manifest-${format}`), home, { recursive: true });
}
