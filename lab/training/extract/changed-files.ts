/** Files that differ between two trees. Folders with the same id are the same, so only what changed is read. */
import type { Repository } from "../../../src/git/objects/repository.ts";

export interface ChangedFile {
  readonly path: string;
  /** Blob ids; `before` is null for a new file. */
  readonly before: string | null;
  readonly after: string;
}

interface Entry {
  readonly mode: number;
  readonly id: string;
}

const FOLDER = 0o040000;
const FILE_TYPE = 0o100000;
const TYPE_MASK = 0o170000;
const MAX_TREES = 20_000;

/** Trees by id, each parsed once: neighbouring commits share nearly all of theirs. */
export class TreeCache {
  private readonly trees = new Map<string, ReadonlyMap<string, Entry>>();

  constructor(private readonly repository: Repository) {}

  read(id: string): ReadonlyMap<string, Entry> {
    const known = this.trees.get(id);
    if (known !== undefined) return known;
    const { bytes } = this.repository.objects.read(id);
    const entries = new Map<string, Entry>();
    for (let at = 0; at < bytes.length;) {
      const space = bytes.indexOf(0x20, at);
      const end = bytes.indexOf(0, space);
      const mode = Number.parseInt(bytes.toString("latin1", at, space), 8);
      entries.set(bytes.toString("utf8", space + 1, end), { mode, id: bytes.toString("hex", end + 1, end + 21) });
      at = end + 21;
    }
    if (this.trees.size >= MAX_TREES) this.trees.clear();
    this.trees.set(id, entries);
    return entries;
  }
}

/** Changed and new files, deleted ones left out; null when there are more than `most`. */
export function changedFiles(trees: TreeCache, before: string, after: string, most: number): ChangedFile[] | null {
  const files: ChangedFile[] = [];
  const visit = (old: string | null, current: string, prefix: string): boolean => {
    const oldEntries = old === null ? undefined : trees.read(old);
    for (const [name, entry] of trees.read(current)) {
      const was = oldEntries?.get(name);
      if (was?.id === entry.id) continue;
      const path = prefix + name;
      if (entry.mode === FOLDER) {
        if (!visit(was?.mode === FOLDER ? was.id : null, entry.id, `${path}/`)) return false;
      } else if ((entry.mode & TYPE_MASK) === FILE_TYPE) {
        files.push({
          path,
          before: was !== undefined && (was.mode & TYPE_MASK) === FILE_TYPE ? was.id : null,
          after: entry.id,
        });
        if (files.length > most) return false;
      }
    }
    return true;
  };
  return visit(before === "" ? null : before, after, "") ? files : null;
}
