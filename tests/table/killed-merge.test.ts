/** A process that merges is killed, for real: the next run goes on from what the manifest says, and what was left is swept. */
import { afterAll, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Manifest, packsOf } from "../../src/protocol/manifest.ts";
import { describeTable } from "../../src/table/describe-table.ts";
import { REPLACED_VERSION, tableOnDisk } from "../../src/table/lance-versions.ts";
import { segmentsIn } from "../../src/table/segments.ts";
import { setVersion } from "../../src/table/set-version.ts";
import { settleSegments } from "../../src/table/settle-segments.ts";
import { sweepTable } from "../../src/table/sweep-table.ts";
import { findBase, openWriter } from "../../src/table/table-base.ts";
import { TableWriter } from "../../src/table/table-writer.ts";
import { KILL_STEPS } from "../helpers/killed-merge.ts";
import { inLong } from "../helpers/long.ts";
import { fileOf, IDENTITY, makeTable, nativeRows } from "./small-table.ts";

const root = mkdtempSync(join(tmpdir(), "repobase-killed-merge-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let made: ReturnType<typeof make> | undefined;
const prepared = () => (made ??= make());

async function killed(step: string, tableDir: string): Promise<void> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "../helpers/killed-merge.ts"), tableDir, step], {
    stdout: "ignore",
    stderr: "inherit",
  });
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
}

async function make() {
  const indexDir = join(root, "original");
  const dir = join(indexDir, "files.lance");
  const { lance, table } = await makeTable(dir, [[fileOf(1, 9)], [fileOf(2, 4)], [fileOf(3, 2)]]);
  await setVersion(tableOnDisk(dir), lance);
  // a run before this one appended a row, and was killed before it stored its manifest
  const manifest: Manifest = await describeTable({
    indexDir,
    repo: "killed",
    tableName: "files.lance",
    identity: IDENTITY,
    previous: null,
    files: 3,
    segments: segmentsIn(table, null),
    nextFileId: 4,
  });
  const writer = await TableWriter.open(dir);
  await writer?.append([fileOf(4, 1)]);
  writer?.close();
  return { dir, manifest, rows: await nativeRows(dir) };
}

test.each(inLong<readonly string[]>(KILL_STEPS, ["placed", "switched"]))("killed when %s", async (step) => {
  const { dir, manifest, rows } = await prepared();
  const tableDir = join(root, step.replaceAll(" ", "-"), "files.lance");
  cpSync(dir, tableDir, { recursive: true });
  await killed(step, tableDir);
  expect(await nativeRows(tableDir)).toEqual(rows);

  // the rows that no manifest names are there too: the next run goes on from them, and merges again
  const { tableId: _, ...wanted } = IDENTITY;
  const base = await findBase({ tableDir, previous: manifest, wanted });
  expect(base).toMatchObject({ ahead: true });
  expect(base?.table.liveRows()).toBe(16);
  const writer = await openWriter({ tableDir, base, wanted });
  expect(await nativeRows(tableDir)).toEqual(rows);
  await writer.append([fileOf(5, 20)]);
  const settled = await settleSegments({ tableDir, previous: manifest });
  expect(settled).toMatchObject({ merged: true, segments: [{ rows: 36 }] });
  await writer.refresh();
  writer.close();
  expect(await nativeRows(tableDir)).toHaveLength(36);

  const next = await describeTable({
    indexDir: join(tableDir, ".."),
    repo: "killed",
    tableName: "files.lance",
    identity: IDENTITY,
    previous: manifest,
    files: 5,
    segments: settled.segments,
    nextFileId: 6,
  });
  await sweepTable({ tableDir, current: next, kept: [] });
  expect(readdirSync(join(tableDir, ".."))).toEqual(["files.lance"]);
  expect(readdirSync(join(tableDir, "data")).map((name) => `data/${name}`)).toEqual([
    ...(settled.segments[0]?.files ?? []),
  ]);
  expect(readdirSync(tableDir).sort()).toEqual(["_versions", "data", "packs"]);
  const packs = readdirSync(join(tableDir, "packs")).map((name) => `files.lance/packs/${name}`);
  expect(packs).toEqual((packsOf(next) ?? []).map(({ path }) => path));
  expect(await nativeRows(tableDir)).toHaveLength(36);
});

test("without what tells of the version before, the next run goes on from the manifest", async () => {
  const { dir, manifest } = await prepared();
  const tableDir = join(root, "forgotten", "files.lance");
  cpSync(dir, tableDir, { recursive: true });
  await killed("switched", tableDir);
  const { tableId: _, ...wanted } = IDENTITY;
  for (const damage of [
    () => writeFileSync(join(tableDir, REPLACED_VERSION), "x"),
    () => rmSync(join(tableDir, REPLACED_VERSION)),
  ]) {
    damage();
    const base = await findBase({ tableDir, previous: manifest, wanted });
    expect(base).toMatchObject({ ahead: false, lance: { version: manifest.table.version } });
    expect(base?.table.liveRows()).toBe(15);
  }
});

test("nothing is swept while rows lie in the table that no manifest names yet", async () => {
  const { dir, manifest } = await prepared();
  const tableDir = join(root, "ahead", "files.lance");
  cpSync(dir, tableDir, { recursive: true });
  expect(await sweepTable({ tableDir, current: manifest, kept: [] })).toBe(0);
  expect(await nativeRows(tableDir)).toHaveLength(16);
});
