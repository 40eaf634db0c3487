/** Which files of a table stay when rows were merged: those that the ref names, named before, and that uncommitted work lies on. */
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readRef } from "../../src/plumbing/read-ref.ts";
import { worktreeKey } from "../../src/protocol/keys.ts";
import { writeWorktreeRef } from "../../src/porcelain/folder/worktree-ref.ts";
import type { Manifest } from "../../src/protocol/manifest.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import { LanceDevice, temporaryStores } from "../helpers/lance-device.ts";
import { manifestOf } from "../helpers/purging-machine.ts";
import { REPO } from "../helpers/sync-fixtures.ts";

const newStore = temporaryStores("sweep");

test("files of an older state stay as long as a work tree names it", async () => {
  const device = new LanceDevice("a", await newStore(), new MemoryStore());
  const { home } = device;
  let edition = 0;
  const index = async (): Promise<Manifest> => {
    await device.indexFiles({ "same.ts": "same\n", "a.ts": `edition ${++edition}\n`.repeat(9) });
    return manifestOf(home);
  };
  const areThere = ({ objects }: Manifest) =>
    objects.map(({ path }) => existsSync(join(home.dir, "index", REPO, path)));

  const first = await index();
  const sha256 = (await readRef({ from: home, repo: REPO }))?.ref.manifest ?? "";
  const linked = { id: REPO, checkout: "0123456789abcdef" };
  const nothing = { manifest: sha256, snapshot: sha256, files: 0 };
  const base = { ...nothing, tableId: first.tableId };
  await writeWorktreeRef(home, linked, { format: 1, overlay: nothing, base });

  const states = [first];
  for (let i = 0; i < 6; i++) {
    states.push(await index());
    for (const kept of [first, ...states.slice(-2)]) expect(areThere(kept)).not.toContain(false);
  }
  // all of the first was merged into other files, and so were others, which are gone
  const [before, last] = states.slice(-2) as [Manifest, Manifest];
  expect(last.objects.some(({ path }) => first.objects.some((one) => one.path === path))).toBe(false);
  expect(states.flatMap(areThere)).toContain(false);

  // one that cannot be read may name anything
  await home.put(worktreeKey(REPO), new TextEncoder().encode("damaged"));
  for (let i = 0; i < 3; i++) await index();
  for (const kept of [first, before, last]) expect(areThere(kept)).not.toContain(false);

  await home.delete(worktreeKey(REPO));
  await home.delete(worktreeKey(REPO, linked.checkout));
  const now = await index();
  expect(areThere(first)).toContain(false);
  expect(areThere(now)).not.toContain(false);
});
