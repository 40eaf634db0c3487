/** The Worker's bundle and assets: the ones that `check` has just built, else built once for this process. */
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildWorker } from "../../scripts/build-worker.ts";
import { atEnd } from "./at-end.ts";

export interface BuiltWorker {
  readonly dir: string;
  readonly script: string;
  readonly assets: string;
}

let own: Promise<BuiltWorker> | undefined;

export async function builtWorker(): Promise<BuiltWorker> {
  const dir = process.env["REPOBASE_BUILT_WORKER"];
  if (dir !== undefined) return { dir, script: join(dir, "index.js"), assets: join(dir, "assets") };
  return (own ??= build());
}

async function build(): Promise<BuiltWorker> {
  const dir = await mkdtemp(join(tmpdir(), "repobase-worker-"));
  // of a script; `bun test` fires no such event
  process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
  atEnd.push(async () => {
    own = undefined;
    await rm(dir, { recursive: true, force: true });
  });
  const { script, assets } = await buildWorker(dir);
  return { dir, script, assets };
}
