/** Tables written by LanceDB releases of the past stay readable, and the reader's answers the same. */
import { describe, expect, test } from "bun:test";
import { memoryDirectory } from "../../src/bytes/memory-source.ts";
import { FtsIndex } from "../../src/lance/fts-index.ts";
import { LanceTable } from "../../src/lance/table.ts";
import { u32s } from "../../src/lance/values.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { goldenNames, readGolden } from "./golden.ts";
import { plainValues } from "./native.ts";

const names = await goldenNames();
test("there are golden tables", () => expect(names.length).toBeGreaterThanOrEqual(2));

for (const name of names)
  describe(name, async () => {
    const { expected, files, manifest } = await readGolden(name);
    const table = LanceTable.open(memoryDirectory(files), manifest);

    for (const [column, values] of Object.entries(expected.columns))
      test(column, async () => {
        const type = table.fields.find((field) => field.name === column)?.type ?? "";
        const parts = await Promise.all(
          table.fragments.map(async ({ id }) => plainValues(await table.scan(column, id), type)),
        );
        const actual = parts.flat();
        expect(typeof values === "string" ? await sha256Hex(new TextEncoder().encode(actual.join())) : actual).toEqual(
          values as never,
        );
      });

    test("fragments, deletions and the full-text index", async () => {
      expect(table.fragments.map((fragment) => fragment.rows)).toEqual([...expected.fragments]);
      const live: number[] = [];
      for (const { id } of table.fragments) {
        const deleted = await table.deletedRows(id);
        u32s(await table.scan("fileId", id)).forEach((fileId, offset) => deleted.has(offset) || live.push(fileId));
      }
      expect(live).toEqual([...expected.liveFileIds]);
      const index = await FtsIndex.open(table, "terms");
      const found = await index?.lookup(Object.keys(expected.documentFrequencies));
      expect(found?.map((postings) => postings?.documentFrequency ?? 0)).toEqual(
        Object.values(expected.documentFrequencies),
      );
    });
  });
