import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileDirectory } from "../../src/bytes/file-source.ts";
import { indexTree } from "../../src/ingest/index-tree.ts";
import type { IndexTreeResult } from "../../src/ingest/index-tree-contract.ts";
import { LanceTable } from "../../src/lance/table.ts";
import { strings, u32s } from "../../src/lance/values.ts";
import type { Manifest } from "../../src/protocol/manifest.ts";
import type { SecretPolicy } from "../../src/protocol/secret-policy.ts";
import { visibleFileIds } from "../../src/protocol/snapshot.ts";
import { queryTerms } from "../../src/search/terms.ts";
import { DEFAULT_LIMITS } from "../../src/source/select-file.ts";
import { plantedSecrets } from "../source/secrets/planted.ts";
import { type MemoryTree, memoryTree } from "./memory-tree.ts";

let home: string;
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), "repobase-covered-"))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

const C1 = "1".repeat(40);
const C2 = "2".repeat(40);
const token = `glpat-${"kQ7vZp2Xw9LrT4mBc8Jd"}`;
const FILES = {
  "src/api.ts": `export const area = 2;\nexport const key = "${token}";\n`,
  "src/plain.ts": "export const width = 3;\n",
};

const run = (tree: MemoryTree, previous: Manifest | null, secrets: SecretPolicy = "redact"): Promise<IndexTreeResult> =>
  indexTree({
    home,
    repo: "sums",
    tableName: "files.lance",
    previous,
    tree,
    embedding: { kind: "built-in" },
    limits: { ...DEFAULT_LIMITS, secrets },
    skipCache: join(home, "cache", "sums", "skipped.json"),
    secretCache: join(home, "cache", "sums", "secrets.json"),
    threads: 0,
  });

/** [path, contents, terms] of the rows that a snapshot sees; of all rows without one. */
async function rowsOf({ table }: Manifest, snapshot?: IndexTreeResult["snapshot"]): Promise<string[][]> {
  const lance = LanceTable.open(
    fileDirectory(join(home, "index/sums/files.lance")),
    Uint8Array.fromBase64(table.manifest),
  );
  const visible = snapshot && new Set(visibleFileIds(snapshot, 1000));
  const rows: string[][] = [];
  for (const { id } of lance.fragments) {
    const fileIds = u32s(await lance.scan("fileId", id));
    const columns = await Promise.all(
      ["path", "contents", "terms", "symbol"].map(async (column) => strings(await lance.scan(column, id))),
    );
    fileIds.forEach((fileId, row) => {
      if (!visible || visible.has(fileId)) rows.push(columns.map((column) => column[row] ?? ""));
    });
  }
  return rows;
}

const seen = async ({ manifest, snapshot }: IndexTreeResult) =>
  Object.fromEntries((await rowsOf(manifest, snapshot)).map(([path = "", contents]) => [path, contents]));

/** Every byte below the home folder. */
const allBytes = (): string =>
  readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");

test("a hundred kinds: no row, term or byte of the home folder holds a value; every file stays searchable", async () => {
  const planted = plantedSecrets();
  const files = planted.map((one, i): [string, string] => [`${i}/${one.path}`, one.text]);
  const result = await run(memoryTree(C1, Object.fromEntries(files)), null);
  const listed = new Set(result.redacted.map(({ path }) => path));
  const skipped = new Set(result.skipped.map(({ path }) => path));
  const rows = await rowsOf(result.manifest);
  const bytes = allBytes();
  const lost = planted.filter(({ values }, i) => {
    const path = files[i]?.[0] ?? "";
    if (!listed.has(path) && !skipped.has(path)) return true;
    return values.some(
      (value) => bytes.includes(value) || rows.some((row) => row.some((text) => text.includes(value))),
    );
  });
  expect(lost.map(({ kind }) => kind)).toEqual([]);
  // not by their terms either
  const terms = new Set(rows.flatMap(([, , text = ""]) => text.split(" ")));
  const whole = planted.flatMap(({ values }) => values).filter((value) => /^[a-z0-9]{16,}$/i.test(value));
  for (const value of whole)
    for (const term of queryTerms(value)) if (term.length > 12) expect(terms.has(term)).toBe(false);
  expect([...skipped]).toEqual([]);
}, 60_000);

test("lists places, not values; a second run says the same and reads nothing", async () => {
  const tree = memoryTree(C1, FILES);
  const first = await run(tree, null);
  expect(first.redacted).toMatchObject([{ path: "src/api.ts", secrets: [{ rule: "gitlab-pat", line: 2 }] }]);
  expect(first.exposed).toEqual([]);
  expect(await seen(first)).toMatchObject({ "src/api.ts": FILES["src/api.ts"].replace(token, "*".repeat(26)) });
  const again = memoryTree(C1, FILES);
  const second = await run(again, first.manifest);
  expect([second.changed, again.reads, second.redacted]).toEqual([false, [], [...first.redacted]]);
});

test("rows of another policy or of older rules are looked at: new rows for this commit, the old ones named, once", async () => {
  const open = await run(memoryTree(C1, FILES), null, "allow");
  expect(open.redacted).toEqual([]);
  expect(await seen(open)).toEqual(FILES);

  const tree = memoryTree(C1, FILES);
  const covered = await run(tree, open.manifest);
  expect(tree.reads).toEqual(["src/api.ts"]);
  expect(covered.exposed.map(({ path, fileId }) => [path, fileId])).toEqual([["src/api.ts", 1]]);
  expect(JSON.stringify(await seen(covered))).not.toContain(token);

  rmSync(join(home, "cache"), { recursive: true }); // another machine, or one that forgot
  const later = memoryTree(C2, { ...FILES, "src/new.ts": "export const height = 4;\n" });
  const next = await run(later, covered.manifest);
  expect(later.reads).toEqual(["src/new.ts"]);
  expect(next.exposed.map(({ fileId }) => fileId)).toEqual([1]);
  expect(JSON.stringify(await seen(next))).not.toContain(token);

  const skipping = await run(memoryTree(C2, FILES), next.manifest, "skip");
  expect(skipping.skipped.map(({ path, reason }) => [path, reason])).toEqual([["src/api.ts", "secret"]]);
  expect(Object.keys(await seen(skipping))).toEqual(["src/plain.ts"]);

  const allowed = await run(memoryTree(C2, FILES), skipping.manifest, "allow");
  expect(await seen(allowed)).toEqual(FILES);
});
