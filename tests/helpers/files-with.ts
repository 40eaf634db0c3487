/** Is a word anywhere below a folder, in whatever file? */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Paths of the files whose bytes hold the word; Lance keeps short texts as they are, as the tests of `purge` show first. */
export async function filesWith(dir: string, word: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && (await readFile(path)).includes(word)) found.push(path);
  }
  return found;
}
