/** A process that merges is killed, for real: the next run goes on from what the manifest says, and what was left is swept. */
import { afterAll, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Manifest } from "../../src/protocol/manifest.ts";
import { describeTable } from "../../src/table/describe-table.ts";
import { tableOnDisk } from "../../src/table/lance-versions.ts";
import { segmentsIn } from "../../src/table/segments.ts";
import { setVersion, versionIn } from "../../src/table/set-version.ts";
import { settleSegments } from "../../src/table/settle-segments.ts";
import { sweepTable } from "../../src/table/sweep-table.ts";
import { findBase, openWriter } from "../../src/table/table-base.ts";
import { KILL_STEPS } from "../helpers/killed-merge.ts";
import { fileOf, IDENTITY, makeTable, nativeRows, openOurs } from "./small-table.ts";

const root = mkdtempSync(join(tmpdir(), "repobase-killed-merge-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let made: ReturnType<typeof make> | undefined;
const prepared = () => (made ??= make());

async function make() {
  const indexDir = join(root, "original");
  const dir = join(indexDir, "files.lance");
  const { lance, table } = await makeTable(dir, [[fileOf(1, 9)], [fileOf(2, 4)], [fileOf(3, 2)]]);
  await setVersion(tableOnDisk(dir), lance);
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
  return { dir, manifest, rows: await nativeRows(dir) };
}

test.each(KILL_STEPS)("killed when %s", async (step) => {
  const { dir, manifest, rows } = await prepared();
  const tableDir = join(root, step.replaceAll(" ", "-"), "files.lance");
  cpSync(dir, tableDir, { recursive: true });
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "../helpers/killed-merge.ts"), tableDir, step], {
    stdout: "ignore",
    stderr: "inherit",
  });
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
  expect(await nativeRows(tableDir)).toEqual(rows);

  // the manifest's files are all there, so it is what the next run goes on from, and that merges again
  const { tableId: _, ...wanted } = IDENTITY;
  const base = await findBase({ tableDir, previous: manifest, wanted });
  expect(base).toMatchObject({ ahead: false, lance: { version: manifest.table.version } });
  const writer = await openWriter({ tableDir, base, wanted });
  expect((await openOurs(tableDir)).lance).toEqual(versionIn(manifest));
  await writer.append([fileOf(4, 20)]);
  const settled = await settleSegments({ tableDir, previous: manifest });
  expect(settled).toMatchObject({ merged: true, segments: [{ rows: 35 }] });
  await writer.refresh();
  writer.close();
  expect(await nativeRows(tableDir)).toHaveLength(35);

  const next = await describeTable({
    indexDir: join(tableDir, ".."),
    repo: "killed",
    tableName: "files.lance",
    identity: IDENTITY,
    previous: manifest,
    files: 4,
    segments: settled.segments,
    nextFileId: 5,
  });
  await sweepTable({ tableDir, current: next, kept: [] });
  expect(readdirSync(join(tableDir, ".."))).toEqual(["files.lance"]);
  expect(readdirSync(join(tableDir, "data")).map((name) => `data/${name}`)).toEqual([
    ...(settled.segments[0]?.files ?? []),
  ]);
  expect(await nativeRows(tableDir)).toHaveLength(35);
});

test("nothing is swept while rows lie in the table that no manifest names yet", async () => {
  const { dir, manifest } = await prepared();
  const tableDir = join(root, "ahead", "files.lance");
  cpSync(dir, tableDir, { recursive: true });
  const { tableId: _, ...wanted } = IDENTITY;
  const base = await findBase({ tableDir, previous: manifest, wanted });
  const writer = await openWriter({ tableDir, base, wanted });
  await writer.append([fileOf(4, 1)]);
  writer.close();
  expect(await sweepTable({ tableDir, current: manifest, kept: [] })).toBe(0);
  expect(await nativeRows(tableDir)).toHaveLength(16);
});
