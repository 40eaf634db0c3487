/** What a clean-up at home takes away, and what it leaves. */
import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyManifest } from "../../../src/plumbing/verify-manifest.ts";
import { collectHome, describeHome } from "../../../src/porcelain/sync/collect-home.ts";
import { manifestKey, manifestPrefix } from "../../../src/protocol/keys.ts";
import { DirectoryStore } from "../../../src/store/directory-store.ts";
import { codeOf, contentsOf, indexSomething, newTableId, REPO } from "../../helpers/sync-fixtures.ts";

test("older manifests go after they have been in the plan, and all that the ref names stays", async () => {
  const dir = await mkdtemp(join(tmpdir(), "repobase-gc-"));
  try {
    const local = new DirectoryStore(dir);
    const tableId = newTableId();
    const made = [];
    for (let n = 0; n < 3; n++) made.push(await indexSomething({ store: local, tableId, device: "d", sizes: [100] }));
    const place = { local, localDir: dir, repo: REPO };
    expect((await describeHome(place)).unneeded.objects).toBe(2);
    const planned = await collectHome(place);
    expect([planned.planned.objects, planned.deleted.objects]).toEqual([2, 0]);
    const done = await collectHome({ ...place, graces: { young: 0, planned: 0 } });
    expect([done.planned.objects, done.deleted.objects]).toEqual([0, 2]);
    const left = (await Array.fromAsync(local.list(manifestPrefix(REPO)))).map(({ key }) => key);
    expect(left).toEqual([manifestKey(REPO, made[2]?.manifest ?? "")]);
    expect((await verifyManifest({ store: local, repo: REPO, readData: true })).problems).toEqual([]);
    // nobody can say what is needed: nothing goes
    await local.delete(left[0] ?? "");
    const before = await contentsOf(local);
    expect(await codeOf(collectHome({ ...place, graces: { young: 0, planned: 0 } }))).toBe("corrupt_index");
    expect(await contentsOf(local)).toEqual(before);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
