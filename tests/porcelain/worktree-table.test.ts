/** Uncommitted work that is indexed again and again: its table, its files and its manifests stay few, and its answers right. */
import { afterAll, beforeAll, expect, spyOn, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Home } from "../../src/home/home.ts";
import { readWorktreeRef } from "../../src/porcelain/folder/worktree-ref.ts";
import { addRepository } from "../../src/porcelain/indexing/add.ts";
import { indexRepository } from "../../src/porcelain/indexing/index-repo.ts";
import { RunMemory } from "../../src/porcelain/indexing/run-memory.ts";
import { REPLACED_MS } from "../../src/porcelain/indexing/sweep-worktrees.ts";
import { catManifest } from "../../src/plumbing/cat-manifest.ts";
import { openTableAt } from "../../src/table/open-table.ts";
import { makeRepository } from "../helpers/git-server.ts";
import { runMain } from "../helpers/run-main.ts";

const SAVES = 20;
const word = (i: number) => `q${"abcdefghijklmnopqrstuvwxyz"[i]}zzy`;

let dir = "";
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "repobase-worktree-table-"))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("20 saves: few fragments and files, right answers, and all of it gone once the folder is clean", async () => {
  const folder = join(dir, "work");
  const original = "export const before = 0;\n";
  await makeRepository(folder, { "a.ts": original, "b.ts": original });
  const env = { REPOBASE_HOME: join(dir, "home") };
  const home = Home.open(env);
  await addRepository({ home, target: folder, cwd: dir, branch: null, name: null, model: null, maxFileBytes: null });
  const repoNow = () => {
    const [repo] = home.config().repos;
    if (!repo) throw new Error("nothing is registered");
    return repo;
  };
  const memory = new RunMemory();
  const index = (how: { memory?: RunMemory } = { memory }) =>
    indexRepository({ home, repo: repoNow(), model: null, maxFileBytes: null, threads: 0, ...how });
  const openOverlay = async () => {
    const ref = await readWorktreeRef(home.store, repoNow());
    const manifest = ref && (await catManifest({ from: home.store, repo: repoNow().id, sha256: ref.overlay.manifest }));
    if (!manifest) throw new Error("there is no uncommitted work in the index");
    return openTableAt(manifest, home.dir);
  };
  const tree = home.path("index", repoNow().id, "worktree.lance");
  const filesIn = (...parts: string[]) => readdirSync(join(tree, ...parts)).length;
  const documents = () => readdirSync(home.path("manifests", repoNow().id)).length;
  const pathsOf = async (query: string) => {
    const { stdout } = await runMain(["search", query, "--json", "--mode", "keyword"], { env, cwd: folder });
    return (JSON.parse(stdout) as { results: { path: string }[] }).results.map(({ path }) => path);
  };

  let clock = Date.now();
  const time = spyOn(Date, "now").mockImplementation(() => clock);
  try {
    writeFileSync(join(folder, "kept.ts"), "export const stays = 1;\n");
    for (let i = 1; i <= SAVES; i++) {
      clock += REPLACED_MS / 10;
      writeFileSync(join(folder, "a.ts"), `export const ${word(i)} = ${i};\n`);
      expect(await index()).toMatchObject({ changed: true });
    }
    expect(await pathsOf(word(SAVES))).toEqual(["a.ts"]);
    expect(await pathsOf(word(SAVES - 1))).toEqual([]);
    expect(await pathsOf("stays")).toEqual(["kept.ts"]);
    // a run that remembers nothing comes to the same index, byte for byte
    expect(await index({})).toMatchObject({ changed: false });
    const table = await openOverlay();
    expect(table.fragments.length).toBeLessThan(6);
    // of uncommitted work the states of a minute or two, ten a minute, and the commit's
    expect(documents()).toBeLessThanOrEqual(22);

    rmSync(join(folder, "kept.ts"));
    writeFileSync(join(folder, "a.ts"), original);
    await index();
    expect(await readWorktreeRef(home.store, repoNow())).toBeUndefined();
    // it stays for whoever has just opened it, and goes with the first run after that
    expect(filesIn("data")).toBeGreaterThan(0);
    clock += 3 * REPLACED_MS;
    writeFileSync(join(folder, "a.ts"), "export const again = 1;\n");
    await index();
    expect(await pathsOf("again")).toEqual(["a.ts"]);
    expect(documents()).toBe(2);
  } finally {
    time.mockRestore();
  }
}, 60_000);
