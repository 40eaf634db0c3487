/**
 * One large repository of several: their trees at HEAD, each in a folder of its own, committed as one. Once the repositories are used
 * up they are taken again under other folder names. A tree that git cannot write out (a snapshot without some blob) is left out with
 * a message.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { IndexResult } from "../src/porcelain/indexing/index-result.ts";
import { git } from "../tests/helpers/git-server.ts";

/**
 * @param of.into a folder that does not exist
 * @param of.chunks as many or a few more
 * @param of.binary counts the chunks of each tree
 * @returns the names of the folders, one for each tree that was joined
 */
export async function joinTrees(of: {
  readonly into: string;
  readonly paths: readonly string[];
  readonly chunks: number;
  readonly binary: string;
}): Promise<string[]> {
  const { into, paths, binary } = of;
  mkdirSync(into, { recursive: true });
  const names: string[] = [];
  let remaining = of.chunks;
  for (let round = 0; remaining > 0; round++) {
    const before = remaining;
    for (const path of paths) {
      if (remaining <= 0) break;
      const own = basename(resolve(path));
      const name = `${own === "repo" || own === ".git" ? basename(dirname(resolve(path))) : own}${round === 0 ? "" : `-${round}`}`;
      const chunks = await writeTree({ path, folder: join(into, name), binary });
      if (chunks === 0) continue;
      names.push(name);
      remaining -= chunks;
    }
    if (remaining === before) throw new Error("no tree could be written out");
  }
  await git(into, "init", "--quiet");
  await git(into, "add", "--all", "--force");
  const author = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"];
  await git(into, ...author, "commit", "--quiet", "--message", "joined");
  return names;
}

/** @returns its chunks, counted by an index of it alone; 0: it is left out */
async function writeTree(of: {
  readonly path: string;
  readonly folder: string;
  readonly binary: string;
}): Promise<number> {
  const { path, folder, binary } = of;
  const scratch = mkdtempSync(join(tmpdir(), "repobase-count-"));
  const tar = join(scratch, "tree.tar");
  mkdirSync(folder);
  try {
    await git(path, "archive", `--output=${tar}`, "HEAD");
    const unpack = Bun.spawnSync(["tar", "xf", tar, "-C", folder]);
    if (unpack.exitCode !== 0) throw new Error(unpack.stderr.toString());
    const env = { PATH: process.env.PATH ?? "", HOME: scratch, REPOBASE_HOME: join(scratch, "home") };
    const { stdout, stderr, exitCode } = Bun.spawnSync([binary, "add", folder, "--json"], { env });
    if (exitCode !== 0) throw new Error(stderr.toString());
    return (JSON.parse(stdout.toString()) as IndexResult).newChunks;
  } catch (error) {
    console.error(`left out ${path}: ${String(error).split("\n")[0]}`);
    rmSync(folder, { recursive: true, force: true });
    return 0;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
