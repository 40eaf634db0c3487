/** Which file versions a table holds, read from its own columns: what a second run need not read, chunk or embed again. */
import type { LanceTable } from "../lance/table.ts";
import { strings, u32s } from "../lance/values.ts";

interface Held {
  readonly fileId: number;
  readonly path: string;
  readonly blob: string;
}

/**
 * What the fragments of one table hold, for a process that opens it again and again. A data file never changes and has a random
 * name, so what was read of it once is true for good; of files that the table no longer has nothing is kept.
 */
export class KnownFragments {
  private known = new Map<string, readonly Held[]>();

  async read(table: LanceTable): Promise<readonly (readonly Held[])[]> {
    const next = new Map<string, readonly Held[]>();
    for (const { id, files } of table.fragments) {
      const name = files.map(({ path }) => path).join(" ");
      next.set(name, this.known.get(name) ?? (await readFragment(table, id)));
    }
    this.known = next;
    return [...next.values()];
  }
}

/** Reads three small columns; contents are not touched. */
async function readFragment(table: LanceTable, id: number): Promise<readonly Held[]> {
  const [fileIds, paths, blobs] = await Promise.all([
    table.scan("fileId", id).then(u32s),
    table.scan("path", id).then(strings),
    table.scan("blob", id).then(strings),
  ]);
  const held: Held[] = [];
  let before = 0; // no file has id 0
  fileIds.forEach((fileId, row) => {
    if (fileId !== before) held.push({ fileId, path: paths[row] ?? "", blob: blobs[row] ?? "" });
    before = fileId;
  });
  return held;
}

export class FileVersions {
  private readonly ids = new Map<string, number>();
  private readonly all = new Set<number>();
  private readonly paths = new Set<string>();
  private next: number;

  /** @param nextFileId greater than any fileId that was given before, by a table that no longer holds it */
  constructor(nextFileId = 1) {
    this.next = nextFileId;
  }

  /** @param of.known what was read before; absent: nothing. @param of.nextFileId see the constructor */
  static async of(
    table: LanceTable,
    of: { readonly known?: KnownFragments | undefined; readonly nextFileId?: number | undefined } = {},
  ): Promise<FileVersions> {
    const { known = new KnownFragments() } = of;
    const versions = new FileVersions(of.nextFileId);
    for (const held of await known.read(table)) for (const file of held) versions.add(file, file.fileId);
    return versions;
  }

  get count(): number {
    return this.ids.size;
  }

  /** Greater than any fileId given so far, whether the table still holds it or not. */
  get nextFileId(): number {
    return this.next;
  }

  /** Has the table rows of it? Of one file version there may be several: the latest is the one that counts. */
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
    const key = keyOf(file);
    // the order of rows in the table says nothing of which came later
    if (fileId >= (this.ids.get(key) ?? fileId)) this.ids.set(key, fileId);
    this.all.add(fileId);
    this.paths.add(file.path);
    this.next = Math.max(this.next, fileId + 1);
  }

  /** Their rows were left out of the table. */
  drop(fileIds: ReadonlySet<number>): void {
    if (fileIds.size === 0) return;
    this.paths.clear();
    for (const [key, fileId] of this.ids) {
      if (fileIds.has(fileId)) this.ids.delete(key);
      else this.paths.add(key.slice(key.indexOf("\0") + 1));
    }
    for (const fileId of fileIds) this.all.delete(fileId);
  }
}

// no blob id has that character
const keyOf = (file: { readonly path: string; readonly blob: string }): string => `${file.blob}\0${file.path}`;
