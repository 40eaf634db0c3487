/** The work of `repobase hash-file`. */
import { resolve } from "node:path";
import { hashFile } from "../../plumbing/hash-file.ts";
import { emitRows } from "./emit-rows.ts";
import type { DirectInput } from "./direct-input.ts";

export async function hashFiles(input: DirectInput): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const file of input.words) {
    const { sha256, size } = await hashFile(resolve(input.cwd, file));
    rows.push([sha256, size, file]);
  }
  emitRows(input, ["sha256", "size", "file"], rows);
}
