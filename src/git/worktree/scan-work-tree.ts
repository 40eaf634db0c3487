/**
 * One quick look at a whole work tree: which tracked files may have changed, and which folders hold more than git tracks.
 * It works on the bytes of git's index and makes nothing for the files that are as git left them, so that 10,000 of them
 * take some 30 ms. A folder that has as many names as git tracks in it, and all of those are there, holds nothing else.
 * What it cannot tell for certain (sparse checkouts, conflicts, index version 4) is left to `readWorktreeState`.
 */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { readRegularFile } from "../../files/read-regular-file.ts";
import { isTrue } from "../objects/git-config.ts";
import { bytesOfPath } from "../../text/path-bytes.ts";
import { pathIn } from "../objects/path-in.ts";
import { INDEX_HEADER_BYTES, readIndexExtensions, readIndexHeader } from "./git-index.ts";
import type { Repository } from "../objects/repository.ts";
import { openTreeProbe, STAT, type TreeProbe } from "./tree-probe.ts";

export interface WorkTreeScan {
  /** What the index holds: equal texts, equal paths, modes and blobs. */
  readonly indexId: string;
  /** Paths of tracked files that are not surely as the index has them; some may be gone. Folders that are gone end in a slash. */
  readonly touched: readonly string[];
  /** Folders that may hold more than git tracks in them, `` for the root, each with the names of the files git does track. */
  readonly fuller: ReadonlyMap<string, ReadonlySet<string>>;
  readonly hasTracked: (folder: string) => boolean;
  /** When a tracked file last changed in content or in any other way, in whole seconds since the epoch. */
  readonly youngest: number;
}

const ENTRY_BYTES = 62;
const TYPE = 0o170000;
const LINK = 0o120000;
const REGULAR = 0o100000;
const SUBMODULE = 0o160000;
const FOLDER = 0o040000;
/** assume-valid, extended, stage */
const UNUSUAL_FLAGS = 0xf000;
const LONG_PATH = 0xfff;
const EMPTY_BLOB = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";

/**
 * undefined: it takes a closer look. Nothing is written, and no file of the work tree is read.
 * @param counts the paths that `indexId` and `touched` are about; absent: all
 * @throws RepobaseError `damaged_repository` for a damaged index
 */
export async function scanWorkTree(
  repository: Repository,
  counts?: (path: string) => boolean,
): Promise<WorkTreeScan | undefined> {
  const { workTree, gitdir, config } = repository;
  const indexPath = join(gitdir, "index");
  const stats = lstatSync(indexPath, { bigint: true, throwIfNoEntry: false });
  if (workTree === null || stats === undefined || isTrue(config, "core.ignorecase", false)) return undefined;
  const read = readRegularFile(indexPath);
  const bytes = Buffer.from(new ArrayBuffer(read.length));
  read.copy(bytes);
  const { version, count, end } = readIndexHeader(bytes);
  if (version === 4) return undefined;
  const probe = await openTreeProbe(workTree, bytes);
  try {
    const index = {
      bytes,
      words: wordsOf(bytes),
      count,
      end,
      writtenNs: stats.mtimeNs,
      checksMode: isTrue(config, "core.filemode", true),
    };
    const scan = new Scan(index, probe).run();
    return scan && counts ? narrowed(scan, { bytes, count, counts }) : scan;
  } finally {
    probe.close();
  }
}

interface RawIndex {
  readonly bytes: Buffer;
  /** The same in numbers of 32 bits, as the bytes are in another order than the machine's. */
  readonly words: Uint32Array;
  readonly count: number;
  /** Where the checksum starts. */
  readonly end: number;
  /** A file as young as the index may have changed without its times telling. */
  readonly writtenNs: bigint;
  readonly checksMode: boolean;
}

class Scan {
  /** How many names git tracks in each folder, files and folders. Folders are latin1 here: a character a byte. */
  private readonly counts = new Map<string, number>([["", 0]]);
  private readonly touched: string[] = [];
  private isWhole = true;
  private youngest = 0;
  private readonly writtenSeconds: number;
  private readonly writtenNanos: number;

  constructor(
    private readonly index: RawIndex,
    private readonly probe: TreeProbe,
  ) {
    this.writtenSeconds = Number(index.writtenNs / 1_000_000_000n);
    this.writtenNanos = Number(index.writtenNs % 1_000_000_000n);
  }

  run(): WorkTreeScan | undefined {
    const { index, counts, touched } = this;
    const { bytes, count, end } = index;
    const at = this.lookAtEntries();
    const extensions = at === undefined ? undefined : readIndexExtensions(bytes, { at, end });
    if (extensions === undefined) return undefined;
    const fuller = new Map<string, Set<string>>();
    for (const [folder, names] of counts) {
      const there = this.probe.countNames(folder);
      if (there === undefined) this.touch(`${pathOf(folder)}/`, { isGone: true });
      else if (there !== names) fuller.set(folder, new Set());
    }
    // what is gone makes room in the count that something untracked could hide in
    if (!this.isWhole) for (const folder of counts.keys()) fuller.set(folder, new Set());
    if (fuller.size > 0)
      forEachEntry(bytes, count, ({ start, slash, stop }) =>
        fuller
          .get(slash < start ? "" : bytes.toString("latin1", start, slash))
          ?.add(pathIn(bytes, Math.max(start, slash + 1), stop)),
      );
    return {
      indexId: extensions.rootTree ?? `entries ${hashEntries(bytes, count)}`,
      touched,
      fuller: new Map(Array.from(fuller, ([folder, names]) => [pathOf(folder), names])),
      youngest: this.youngest,
      hasTracked: (folder) => counts.has(Buffer.from(bytesOfPath(folder)).toString("latin1")),
    };
  }

  /** @returns where the entries end; undefined: there is one that takes a closer look */
  private lookAtEntries(): number | undefined {
    const { bytes, words, count, end } = this.index;
    const { probe } = this;
    let folder = "";
    let names = 0;
    let at = INDEX_HEADER_BYTES;
    for (let i = 0; i < count; i++) {
      const start = at + ENTRY_BYTES;
      if (start > end) return undefined;
      const word = at >> 2;
      const flags = (words[word + INDEXED.flags] ?? 0) >>> 16;
      const stop = start + (flags & LONG_PATH);
      const mode = words[word + INDEXED.mode] ?? 0;
      const type = mode & TYPE;
      if (
        (flags & UNUSUAL_FLAGS) !== 0 ||
        stop - start === LONG_PATH ||
        type === FOLDER ||
        stop >= end ||
        bytes[stop] !== 0
      )
        return undefined;
      const slash = bytes.lastIndexOf(SLASH, stop);
      const parent = slash < start ? "" : bytes.toString("latin1", start, slash);
      if (parent !== folder) {
        this.counts.set(folder, names);
        names = this.countsOf((folder = parent));
      }
      names++;
      if (type !== SUBMODULE) {
        const isGone = !probe.look(start, stop);
        if (isGone || !this.isAsIndexed(word, mode)) this.touch(pathIn(bytes, start, stop), { isGone });
      }
      at = entryAfter(at, stop);
    }
    this.counts.set(folder, names);
    return at;
  }

  /** Names counted in it so far. A new folder is a name in the one around it. */
  private countsOf(folder: string): number {
    const known = this.counts.get(folder);
    if (known !== undefined) return known;
    this.counts.set(folder, 0);
    const parent = folder.slice(0, Math.max(folder.lastIndexOf("/"), 0));
    this.counts.set(parent, this.countsOf(parent) + 1);
    return 0;
  }

  private touch(path: string, { isGone }: { isGone: boolean }): void {
    this.touched.push(path);
    if (isGone) this.isWhole = false;
  }

  /** Does the file looked at last look exactly as when git last read it, and was that safely before the index was written? */
  private isAsIndexed(word: number, mode: number): boolean {
    const { bytes, words, checksMode } = this.index;
    const seen = this.probe.words;
    const ctimeSeconds = seen[STAT.ctimeSeconds] ?? 0;
    const mtimeSeconds = seen[STAT.mtimeSeconds] ?? 0;
    const mtimeNanos = seen[STAT.mtimeNanos] ?? 0;
    if (ctimeSeconds > this.youngest) this.youngest = ctimeSeconds;
    if (mtimeSeconds > this.youngest) this.youngest = mtimeSeconds;
    const seenMode = (seen[STAT.mode] ?? 0) & 0xffff;
    if ((seenMode & TYPE) !== (mode & TYPE)) return false;
    if (checksMode && (mode & TYPE) === REGULAR && (seenMode & 0o100) !== (mode & 0o100)) return false;
    const isSame =
      seen[STAT.size] === words[word + INDEXED.size] &&
      mtimeSeconds === words[word + INDEXED.mtimeSeconds] &&
      mtimeNanos === words[word + INDEXED.mtimeNanos] &&
      ctimeSeconds === words[word + INDEXED.ctimeSeconds] &&
      seen[STAT.ctimeNanos] === words[word + INDEXED.ctimeNanos] &&
      seen[STAT.ino] === words[word + INDEXED.ino];
    const isOlder =
      mtimeSeconds < this.writtenSeconds || (mtimeSeconds === this.writtenSeconds && mtimeNanos < this.writtenNanos);
    if (!isSame || !isOlder) return false;
    // git writes size 0 for "look again"
    const isEmpty = seen[STAT.size] === 0 && (mode & TYPE) !== LINK;
    return !isEmpty || bytes.toString("hex", word * 4 + 40, word * 4 + 60) === EMPTY_BLOB;
  }
}

/** Places of an entry's numbers, see git-index.ts. Entries start at multiples of 4. */
const INDEXED = {
  ctimeSeconds: 0,
  ctimeNanos: 1,
  mtimeSeconds: 2,
  mtimeNanos: 3,
  ino: 5,
  mode: 6,
  size: 9,
  flags: 15,
} as const;

function wordsOf(bytes: Buffer): Uint32Array {
  const copy = Buffer.from(new ArrayBuffer(bytes.length & ~3));
  bytes.copy(copy);
  copy.swap32();
  return new Uint32Array(copy.buffer);
}

const SLASH = 0x2f;

/** Entries end with 1 to 8 NULs, at a multiple of 8 from their start. */
const entryAfter = (at: number, stop: number): number => at + ((stop - at + 8) & ~7);

function forEachEntry(
  bytes: Buffer,
  count: number,
  use: (entry: { at: number; start: number; slash: number; stop: number }) => void,
): void {
  let at = INDEX_HEADER_BYTES;
  for (let i = 0; i < count; i++) {
    const start = at + ENTRY_BYTES;
    const stop = start + (bytes.readUInt16BE(at + 60) & LONG_PATH);
    use({ at, start, slash: bytes.lastIndexOf(SLASH, stop), stop });
    at = entryAfter(at, stop);
  }
}

function narrowed(
  scan: WorkTreeScan,
  of: { readonly bytes: Buffer; readonly count: number; readonly counts: (path: string) => boolean },
): WorkTreeScan {
  const indexId = `entries ${hashEntries(of.bytes, of.count, of.counts)}`;
  return { ...scan, indexId, touched: scan.touched.filter(of.counts) };
}

/** Modes, ids and paths. Needed only after staging, or for a part: else git remembers the id of the tree they make. */
function hashEntries(bytes: Buffer, count: number, counts?: (path: string) => boolean): string {
  const hasher = new Bun.CryptoHasher("sha1");
  forEachEntry(bytes, count, ({ at, start, stop }) => {
    if (counts === undefined || counts(pathIn(bytes, start, stop)))
      hasher.update(bytes.subarray(at + 24, at + 28)).update(bytes.subarray(at + 40, stop + 1));
  });
  return hasher.digest("hex");
}

function pathOf(latin1: string): string {
  const bytes = Buffer.from(latin1, "latin1");
  return pathIn(bytes, 0, bytes.length);
}
