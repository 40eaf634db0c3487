/** What a commit sees of a table, row by row, so that two tables can be compared whatever lies where in them. */
import { bytesOf, i32s, strings, u16s, u32s } from "../../src/lance/values.ts";
import { catObject } from "../../src/plumbing/cat-object.ts";
import { snapshotKey } from "../../src/protocol/keys.ts";
import type { Manifest } from "../../src/protocol/manifest.ts";
import { decodeSnapshot, visibleFiles } from "../../src/protocol/snapshot.ts";
import type { DirectoryStore } from "../../src/store/directory-store.ts";
import { openTableAt } from "../../src/table/open-table.ts";

/** `path blob chunk` -> hash of all else that the row says. @throws for a row that is there twice */
export async function visibleRows(
  store: DirectoryStore,
  of: { readonly manifest: Manifest; readonly commit: string },
): Promise<Map<string, string>> {
  const { repo, tableId, snapshots } = of.manifest;
  const sha256 = snapshots[of.commit] ?? "";
  const bytes = await catObject({ from: store, object: { key: snapshotKey(repo, tableId, sha256), sha256 } });
  const visible = visibleFiles(decodeSnapshot(bytes));
  const table = openTableAt(of.manifest, store.dir);
  const found = new Map<string, string>();
  for (const { id, rows } of table.fragments) {
    const scan = (column: string) => table.scan(column, id);
    const texts = (columns: readonly string[]) => Promise.all(columns.map(async (name) => strings(await scan(name))));
    const fileIds = u32s(await scan("fileId"));
    if (!fileIds.some((fileId) => visible.has(fileId))) continue;
    const chunks = u16s(await scan("chunk"));
    const [starts, ends] = [i32s(await scan("startLine")), i32s(await scan("endLine"))];
    const [paths = [], blobs = [], ...others] = await texts([
      "path",
      "blob",
      "language",
      "symbol",
      "contents",
      "terms",
    ]);
    const [vectors, codes] = [bytesOf(await scan("vector")), bytesOf(await scan("code"))];
    const slice = (column: Uint8Array, row: number) =>
      column.subarray((column.length / rows) * row, (column.length / rows) * (row + 1));
    const deleted = await table.deletedRows(id);
    fileIds.forEach((fileId, row) => {
      if (deleted.has(row) || !visible.has(fileId)) return;
      const key = `${paths[row]} ${blobs[row]} ${chunks[row]}`;
      if (found.has(key)) throw new Error(`twice in the table: ${key}`);
      const said = JSON.stringify([starts[row], ends[row], ...others.map((column) => column[row])]);
      const hasher = new Bun.CryptoHasher("sha1").update(said).update(slice(codes, row)).update(slice(vectors, row));
      found.set(key, hasher.digest("hex"));
    });
  }
  return found;
}
