/** Is a word anywhere below a folder, in whatever file? */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Paths of the files whose bytes hold the word, in search packs also the texts of their groups. Lance keeps short texts as they are, as
 * the tests of `purge` show first.
 */
export async function filesWith(dir: string, word: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile()) continue;
    const bytes = await readFile(path);
    const texts = path.endsWith(".pack") ? framesIn(bytes) : [];
    if ([bytes, ...texts].some((text) => text.includes(word))) found.push(path);
  }
  return found;
}

const ZSTD_MAGIC = Buffer.of(0x28, 0xb5, 0x2f, 0xfd);

/** The texts of all zstd frames whose length as a varint stands before them, whatever else is damaged or unknown. */
function framesIn(bytes: Buffer): Buffer[] {
  const texts: Buffer[] = [];
  for (let at = bytes.indexOf(ZSTD_MAGIC); at >= 0; at = bytes.indexOf(ZSTD_MAGIC, at + 1))
    for (let width = 1; width <= 4 && width <= at; width++) {
      const length = bytes.subarray(at - width, at).reduce((sum, byte, i) => sum + (byte & 0x7f) * 2 ** (7 * i), 0);
      try {
        texts.push(Buffer.from(Bun.zstdDecompressSync(bytes.subarray(at, at + length))));
      } catch {
        // a length of another width
      }
    }
  return texts;
}
