/**
 * Git objects by id: loose files and packs of a repository, and of those it borrows from (`objects/info/alternates`).
 * Every object is hashed after reading, so a damaged repository is an error and never a wrong index. Reads are
 * synchronous inside: a blob comes out of the page cache in some 30 microseconds, less than a thread hand-over costs.
 */
import { existsSync, readdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { isAbsent } from "../../files/file-errors.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { objectId } from "./blob-id.ts";
import { readTextIfThere } from "./git-config.ts";
import { MAX_DELTA_DEPTH, MAX_OBJECT_BYTES } from "./limits.ts";
import { readLooseObject } from "./loose-object.ts";
import { type GitObject, PackFile } from "./pack-file.ts";
import { readReplacements } from "./replacements.ts";

export class ObjectReader {
  private readonly objectDirs: readonly string[];
  /** By the path of the `.idx`. The one that answered last comes first: neighbours lie in the same pack. */
  private packs: PackFile[] = [];
  private listed = false;
  /** Reads under way: a base in another pack is read within the read of its delta. */
  private depth = 0;
  /** Names of loose objects by their folder's path, read once: most objects are packed, and a miss must be cheap. */
  private readonly loose = new Map<string, ReadonlySet<string>>();

  private replacements: ReadonlyMap<string, string> | undefined;

  /**
   * @param commonDir the folder that holds `objects/`
   * @param replaces whether refs below `refs/replace/` count, as they do for git unless it is told otherwise
   */
  constructor(
    private readonly commonDir: string,
    private readonly replaces = false,
  ) {
    this.objectDirs = withAlternates(join(commonDir, "objects"));
  }

  /** What git shows for this id: itself, or what replaces it. */
  private replacementOf(id: string): string {
    if (!this.replaces) return id;
    return (this.replacements ??= readReplacements(this.commonDir)).get(id) ?? id;
  }

  /**
   * @param id 40 hex digits
   * @param maxBytes of the object; never more than `MAX_OBJECT_BYTES`
   * @throws RepobaseError `not_found` when the repository does not hold it (a shallow or partial clone), `too_large` before its
   *   bytes are made, `damaged_repository` when they do not have this id
   */
  read(id: string, maxBytes = MAX_OBJECT_BYTES): GitObject {
    return this.readExactly(this.replacementOf(id), maxBytes);
  }

  private readExactly(id: string, maxBytes = MAX_OBJECT_BYTES): GitObject {
    // a delta's base may lie in another pack, and be a delta there
    if (this.depth >= MAX_DELTA_DEPTH)
      throw new RepobaseError("damaged_repository", `git object ${id} has a delta without a base`);
    this.depth++;
    try {
      return this.readChecked(id, Math.min(maxBytes, MAX_OBJECT_BYTES));
    } finally {
      this.depth--;
    }
  }

  private readChecked(id: string, maxBytes: number): GitObject {
    const object = this.find((key) => this.readPacked(key, maxBytes) ?? this.readLoose(id, maxBytes), id);
    if (object === undefined)
      throw new RepobaseError("not_found", `git object ${id} is not in "${this.commonDir}"`, {
        hint: "a shallow or partial clone does not hold every object",
      });
    if (objectId(object.type, object.bytes) !== id)
      throw new RepobaseError("damaged_repository", `git object ${id} is damaged in "${this.commonDir}"`, {
        hint: "run: git fsck",
      });
    return object;
  }

  /** Nothing of it is read. */
  has(id: string): boolean {
    const isThere = (key: Buffer) =>
      this.packs.some((pack) => pack.index.offsetOf(key) !== undefined) || this.loosePaths(id).length > 0;
    return this.find((key) => (isThere(key) ? true : undefined), id) === true;
  }

  /** Ids that start with `prefix` (at least 4 hex digits), at most `limit`, without duplicates. */
  idsWithPrefix(prefix: string, limit: number): string[] {
    this.listPacks();
    const found = new Set<string>();
    for (const pack of this.packs) for (const id of pack.index.idsWithPrefix(prefix, limit)) found.add(id);
    for (const dir of this.objectDirs)
      for (const rest of this.looseNames(join(dir, prefix.slice(0, 2))))
        if (rest.startsWith(prefix.slice(2))) found.add(prefix.slice(0, 2) + rest);
    return [...found].slice(0, limit);
  }

  close(): void {
    for (const pack of this.packs) pack.close();
    this.packs = [];
    this.listed = false;
  }

  private find<T>(look: (key: Buffer) => T | undefined, id: string): T | undefined {
    const key = Buffer.from(id, "hex");
    this.listPacks();
    const known = look(key);
    if (known !== undefined) return known;
    // Another process may have fetched, committed or repacked meanwhile: look at the folders again, once.
    this.listed = false;
    this.loose.clear();
    this.listPacks();
    return look(key);
  }

  private readPacked(key: Buffer, maxBytes: number): GitObject | undefined {
    for (const [position, pack] of this.packs.entries()) {
      const offset = pack.index.offsetOf(key);
      if (offset === undefined) continue;
      if (position > 0) this.packs = [pack, ...this.packs.filter((other) => other !== pack)];
      return pack.readAt(offset, { external: (base) => this.readExactly(base), maxBytes });
    }
    return undefined;
  }

  private readLoose(id: string, maxBytes: number): GitObject | undefined {
    for (const path of this.loosePaths(id)) {
      try {
        return readLooseObject(path, { id, maxBytes });
      } catch (error) {
        if (!isAbsent(error)) throw error; // else packed since the folder was listed
      }
    }
    return undefined;
  }

  private loosePaths(id: string): string[] {
    return this.objectDirs.flatMap((dir) => {
      const folder = join(dir, id.slice(0, 2));
      return this.looseNames(folder).has(id.slice(2)) ? [join(folder, id.slice(2))] : [];
    });
  }

  private looseNames(folder: string): ReadonlySet<string> {
    let names = this.loose.get(folder);
    if (names === undefined) this.loose.set(folder, (names = new Set(listDir(folder))));
    return names;
  }

  private listPacks(): void {
    if (this.listed) return;
    this.listed = true;
    const open = new Map(this.packs.map((pack) => [pack.path, pack]));
    this.packs = this.objectDirs
      .flatMap((dir) => listDir(join(dir, "pack")).map((name) => join(dir, "pack", name)))
      .filter((path) => path.endsWith(".idx") && existsSync(path.replace(/idx$/, "pack")))
      .map((path) => open.get(path) ?? new PackFile(path));
    for (const pack of open.values()) if (!this.packs.includes(pack)) pack.close();
  }
}

/** Object folders in reading order. Alternates of alternates count; a folder is listed once. */
function withAlternates(objectsDir: string): string[] {
  const dirs = [objectsDir];
  for (const dir of dirs) {
    for (const line of readTextIfThere(join(dir, "info", "alternates")).split("\n")) {
      const path = unquoteC(line.trim());
      if (path === "" || path.startsWith("#")) continue;
      const target = isAbsolute(path) ? path : join(dir, path);
      if (!dirs.includes(target)) dirs.push(target);
    }
  }
  return dirs;
}

/** git quotes a path with unusual characters as C does. */
function unquoteC(text: string): string {
  const inner = /^"(.*)"$/.exec(text)?.[1];
  if (inner === undefined) return text;
  const bytes = Buffer.from(inner).toString("latin1");
  const plain = bytes.replace(/\\([0-3][0-7]{2}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (C_ESCAPES[code] ?? code),
  );
  return Buffer.from(plain, "latin1").toString();
}

const C_ESCAPES: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** A missing folder is an empty one: git makes them when it needs them. */
function listDir(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
