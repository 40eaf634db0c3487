import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newestVersion } from "../../src/table/lance-versions.ts";
import { fileDirectory } from "../../src/bytes/file-source.ts";
import { LanceTable } from "../../src/lance/table.ts";
import { parseFiles } from "../../src/ingest/parse-files.ts";
import { RowAppender } from "../../src/table/row-appender.ts";
import type { RowBlock } from "../../src/table/row-block.ts";
import { DEFAULT_LIMITS } from "../../src/source/select-file.ts";
import { SyntaxParser } from "../../src/chunk/syntax-parser.ts";
import { TableWriter } from "../../src/table/table-writer.ts";
import { loadStaticEmbedder } from "../../src/embed/load-static.ts";

let dir: string;
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), "repobase-appender-")), "files.lance");
});
afterEach(() => rmSync(join(dir, ".."), { recursive: true, force: true }));

const block = async (name: string): Promise<RowBlock> => {
  const files = [{ path: name, blob: "0".repeat(40), bytes: new TextEncoder().encode(`let ${name};\n`) }];
  const parsed = await parseFiles({ files, limits: DEFAULT_LIMITS }, new SyntaxParser(), await loadStaticEmbedder());
  return parsed.block as RowBlock;
};

async function append(flushSeconds: number): Promise<number[]> {
  const writer = await TableWriter.create(dir, { tableId: "0".repeat(32), model: "m", dim: 384, chunker: "c" });
  let now = 0;
  const appender = new RowAppender(
    async () => writer,
    1,
    flushSeconds,
    () => now,
  );
  for (const name of ["a", "b", "c"]) {
    expect(await appender.add(await block(name))).toBe(["a", "b", "c"].indexOf(name) + 1);
    now += 60;
  }
  await appender.finish();
  writer.close();
  const lance = await newestVersion(dir);
  if (lance === null) throw new Error("no table");
  return LanceTable.open(fileDirectory(dir), lance.manifest).fragments.map((fragment) => fragment.rows);
}

test("rows that come fast are one fragment", async () => {
  expect(await append(20)).toEqual([3]);
});

test("rows that come slowly are appended as their time is up", async () => {
  // the second block finds the first one late, the third begins anew
  expect(await append(0.05)).toEqual([2, 1]);
});
