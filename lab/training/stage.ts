/**
 * A stage keeps its output in a folder of its own with a stamp: the hash of everything it was made from. The same hash
 * again means there is nothing to do, so a run that was killed goes on where it stopped. The stamp is written last.
 */
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

export interface Stage {
  /** Folder of the output. */
  readonly folder: string;
  /** Hash of the inputs: what later stages take as theirs. */
  readonly hash: string;
}

interface StageRun {
  readonly out: string;
  readonly name: string;
  /** JSON of all that the output depends on, hashes of earlier stages included. */
  readonly inputs: unknown;
  readonly log: (line: string) => void;
  /** Fills the folder, which holds what an unfinished run left there when `resumable`, else nothing. @returns what to tell of it */
  readonly make: (folder: string) => Promise<string>;
  /** The work itself can go on from a half-filled folder that was begun with the same inputs. */
  readonly resumable?: boolean;
}

export async function runStage({ out, name, inputs, log, make, resumable = false }: StageRun): Promise<Stage> {
  const hash = hashOf(inputs);
  const folder = join(out, name);
  const done = join(folder, "done.json");
  const begun = join(folder, "begun");
  const stamp = Bun.file(done);
  if (await stamp.exists()) {
    const made = (await stamp.json()) as { hash?: string; note?: string };
    if (made.hash === hash) {
      log(`${name}: kept (${made.note ?? ""})`);
      return { folder, hash };
    }
  }
  await rm(done, { force: true });
  const unfinished = Bun.file(begun);
  const keep = resumable && (await unfinished.exists()) && (await unfinished.text()) === hash;
  if (!keep) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await Bun.write(begun, hash);
  const start = performance.now();
  const note = await make(folder);
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  await writeWhole(done, JSON.stringify({ hash, note, seconds }));
  log(`${name}: ${note} (${seconds} s)`);
  return { folder, hash };
}

/** A file that is either there in whole or not at all. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await Bun.write(`${path}.part`, content);
  await rename(`${path}.part`, path);
}

export const hashOf = (value: unknown): string =>
  new Bun.CryptoHasher("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);

export async function hashFile(path: string): Promise<string> {
  return new Bun.CryptoHasher("sha256")
    .update(await Bun.file(path).bytes())
    .digest("hex")
    .slice(0, 16);
}

/** What a model's id ends in: of its files, in this order. */
export async function hashOfModel(folder: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for (const name of ["model.json", "vocab.txt", "scale.f32", "table.i8"])
    hash.update(await Bun.file(join(folder, name)).bytes());
  return hash.digest("hex").slice(0, 12);
}
