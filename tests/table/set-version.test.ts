/** The one writer of `_versions/`: whatever it is stopped at, native LanceDB opens an old version or the new one. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@lancedb/lancedb";
import { LANCE_HINT_FILE, lanceVersionFile } from "../../src/protocol/keys.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import { newestVersion, tableOnDisk } from "../../src/table/lance-versions.ts";
import { clearVersions, type LanceVersion, setVersion, tableInStore } from "../../src/table/set-version.ts";
import { stopAfter } from "./stop-after.ts";

let root: string;
let early: LanceVersion;
let late: LanceVersion;
/** Folder of a table whose versions have 1, 2 and 3 rows. */
let original: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "repobase-versions-"));
  original = join(root, "original", "t.lance");
  const table = await (await connect(join(root, "original"))).createTable("t", [{ n: 1 }]);
  early = (await newestVersion(original)) as LanceVersion;
  await table.add([{ n: 2 }]);
  await table.add([{ n: 3 }]);
  late = (await newestVersion(original)) as LanceVersion;
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function copy(name: string): string {
  const dir = join(root, name, "t.lance");
  cpSync(original, dir, { recursive: true });
  return dir;
}
const rows = async (dir: string) => (await (await connect(join(dir, ".."))).openTable("t")).countRows();

describe("on disk", () => {
  test("killed after any step, native opens an old version or this one; once more, and it is this one", async () => {
    let steps = 0;
    for (let isDone = false; !isDone; steps++) {
      const dir = copy(`kill-${steps}`);
      const stopping = stopAfter(tableOnDisk(dir), steps);
      isDone = await setVersion(stopping, early).then(
        () => true,
        () => false,
      );
      expect([1, 2, 3]).toContain(await rows(dir));
      await setVersion(tableOnDisk(dir), early);
      expect(await rows(dir)).toBe(1);
      expect(
        readdirSync(join(dir, "_versions"))
          .sort()
          .map((name) => `_versions/${name}`),
      ).toEqual([lanceVersionFile(early.version), LANCE_HINT_FILE]);
      expect(readdirSync(dir).sort()).toEqual(["_versions", "data"]);
    }
    // the hint, two newer versions, three records of transactions
    expect(steps).toBeGreaterThan(5);
  });

  test("forward again: the files of a newer version are enough", async () => {
    const dir = copy("forward");
    await setVersion(tableOnDisk(dir), early);
    await setVersion(tableOnDisk(dir), late);
    expect(await rows(dir)).toBe(3);
    expect(await newestVersion(dir)).toEqual(late);
  });

  test("another history under the same number is replaced", async () => {
    const dir = copy("history");
    writeFileSync(join(dir, lanceVersionFile(early.version)), "of another history");
    await setVersion(tableOnDisk(dir), early);
    expect(new Uint8Array(readFileSync(join(dir, lanceVersionFile(early.version))))).toEqual(
      new Uint8Array(early.manifest),
    );
    expect(await rows(dir)).toBe(1);
  });
});

describe("in a store", () => {
  const PREFIX = "index/demo/files.lance/";
  const keys = async (store: MemoryStore) => {
    const found: string[] = [];
    for await (const { key } of store.list("")) found.push(key);
    return found;
  };

  test("holds the same two files as a folder, and writes nothing that is right", async () => {
    const store = new MemoryStore();
    await store.put(`${PREFIX}data/a.lance`, new Uint8Array(1));
    const table = tableInStore(store, "demo", "files.lance");
    await setVersion(table, late);
    await setVersion(table, early);
    const two = [`${PREFIX}${lanceVersionFile(early.version)}`, `${PREFIX}${LANCE_HINT_FILE}`];
    expect(await keys(store)).toEqual([...two, `${PREFIX}data/a.lance`]);
    expect(new TextDecoder().decode((await store.get(two[1] as string))?.bytes)).toBe(`{"version":${early.version}}`);
    await setVersion(stopAfter(table, 0), early);
    await clearVersions(table);
    expect(await keys(store)).toEqual([`${PREFIX}data/a.lance`]);
  });
});
