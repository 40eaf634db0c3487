/** Which file versions a table holds, read from its own columns: what a second run need not read, chunk or embed again. */
import type { LanceTable } from "../lance/table.ts";
import { strings, u32s } from "../lance/values.ts";

export class FileVersions {
  private readonly ids = new Map<string, number>();
  private readonly all = new Set<number>();
  private readonly paths = new Set<string>();
  private last = 0;

  /** Reads three small columns of every fragment; contents are not touched. */
  static async of(table: LanceTable): Promise<FileVersions> {
    const versions = new FileVersions();
    for (const { id } of table.fragments) {
      const [fileIds, paths, blobs] = await Promise.all([
        table.scan("fileId", id).then(u32s),
        table.scan("path", id).then(strings),
        table.scan("blob", id).then(strings),
      ]);
      let before = 0; // no file has id 0
      fileIds.forEach((fileId, row) => {
        if (fileId !== before) versions.add({ path: paths[row] ?? "", blob: blobs[row] ?? "" }, fileId);
        before = fileId;
      });
    }
    return versions;
  }

  get count(): number {
    return this.ids.size;
  }

  /** The highest fileId given so far; 0: none. */
  get lastId(): number {
    return this.last;
  }

  /** Has the table rows of it? Of one file version there may be more than one: the latest is the one that counts. */
  holds(fileId: number): boolean {
    return this.all.has(fileId);
  }

  /** Has the table rows of any version of the file? */
  holdsPath(path: string): boolean {
    return this.paths.has(path);
  }

  /** undefined: the table does not hold it. */
  idOf(file: { readonly path: string; readonly blob: string }): number | undefined {
    return this.ids.get(keyOf(file));
  }

  add(file: { readonly path: string; readonly blob: string }, fileId: number): void {
    this.ids.set(keyOf(file), fileId);
    this.all.add(fileId);
    this.paths.add(file.path);
    this.last = Math.max(this.last, fileId);
  }
}

// a blob id has a fixed length, so the pair is unambiguous
const keyOf = (file: { readonly path: string; readonly blob: string }): string => file.blob + file.path;
