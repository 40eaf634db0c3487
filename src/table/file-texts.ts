/** The texts of the files that a table holds, put together from their chunks, a fragment at a time. */
import type { LanceTable } from "../lance/table.ts";
import { strings, u16s, u32s } from "../lance/values.ts";

export interface StoredFile {
  readonly fileId: number;
  readonly path: string;
  /** Git blob id. */
  readonly blob: string;
  /** The chunks, joined. */
  readonly text: string;
}

/** @param of.after files with an id up to this one are left out, and fragments of only such files are not read */
export async function* fileTexts(of: {
  readonly table: LanceTable;
  readonly after: number;
  readonly signal?: AbortSignal | undefined;
}): AsyncGenerator<StoredFile> {
  const { table, after, signal } = of;
  for (const { id } of table.fragments) {
    const [fileIds, deleted] = await Promise.all([
      table.scan("fileId", id, signal).then(u32s),
      table.deletedRows(id, signal),
    ]);
    const rows = new Map<number, number[]>();
    fileIds.forEach((fileId, row) => {
      if (fileId <= after || deleted.has(row)) return;
      const known = rows.get(fileId);
      if (known) known.push(row);
      else rows.set(fileId, [row]);
    });
    if (rows.size === 0) continue;
    const texts = (column: string) => table.scan(column, id, signal).then(strings);
    const [numbers, contents, paths, blobs] = await Promise.all([
      table.scan("chunk", id, signal).then(u16s),
      texts("contents"),
      texts("path"),
      texts("blob"),
    ]);
    for (const [fileId, ofFile] of rows) {
      const [first = 0] = ofFile;
      const ordered = ofFile.sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0));
      const text = ordered.map((row) => contents[row] ?? "").join("");
      yield { fileId, path: paths[first] ?? "", blob: blobs[first] ?? "", text };
    }
  }
}
