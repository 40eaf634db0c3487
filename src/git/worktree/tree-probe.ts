/**
 * Looks at many files of one folder tree quickly, by the bytes of their paths. On Linux it calls the C library itself: a
 * look costs little more than the system call, 2 us instead of 6 us, as no text and no object is made for it, and the names in
 * a folder are counted without being read. Elsewhere, or where the library is another, it goes through `node:fs`.
 * Without the C library `repobase index` takes 1.44 times as long where nothing changed in 10,000 files of a git repository, and
 * 1.35 times in a plain folder (whole processes, medians of 15 pairs).
 */
import type * as bunFfi from "bun:ffi";
import { lstatSync, readdirSync } from "node:fs";

/** Places of what is known of a file among the 32-bit numbers of `TreeProbe.words`: those of Linux's `struct statx`. */
export const STAT = {
  mode: 7,
  ino: 8,
  size: 10,
  ctimeSeconds: 24,
  ctimeNanos: 26,
  mtimeSeconds: 28,
  mtimeNanos: 30,
} as const;
const STAT_WORDS = 64;

export interface TreeProbe {
  /** What the last look saw, see `STAT`: `mode` in the low 16 bits; size and inode modulo 2^32. Plain numbers, as 10,000 objects take 5 ms. */
  readonly words: Uint32Array;
  /**
   * Looks at the file whose path, relative to the root, lies in the bytes from `start` to a NUL at `end`. Links are not followed.
   * @returns false when there is nothing to be seen
   */
  look(start: number, end: number): boolean;
  /**
   * How many names a folder has, `.git` not counted.
   * @param folder its path, one character a byte (latin1); `` for the root
   * @returns undefined when it is no folder (a link to one is none), or cannot be read
   */
  countNames(folder: string): number | undefined;
  close(): void;
}

/** @param bytes the paths lie in it, in an ArrayBuffer of its own. */
export async function openTreeProbe(root: string, bytes: Buffer): Promise<TreeProbe> {
  return (process.platform === "linux" ? await openLinuxProbe(root, bytes) : undefined) ?? portableProbe(root, bytes);
}

/** For tests too: both must see the same. */
export function portableProbe(root: string, bytes: Buffer): TreeProbe {
  const words = new Uint32Array(STAT_WORDS);
  const second = 1_000_000_000n;
  return {
    words,
    look(start, end) {
      try {
        const stats = lstatSync(Buffer.concat([Buffer.from(`${root}/`), bytes.subarray(start, end)]), { bigint: true });
        // a typed array takes a number modulo 2^32 by itself, but no large integer
        const put = (at: number, value: bigint) => (words[at] = Number(BigInt.asUintN(32, value)));
        put(STAT.mode, stats.mode & 0xffffn);
        put(STAT.ino, stats.ino);
        put(STAT.size, stats.size);
        put(STAT.ctimeSeconds, stats.ctimeNs / second);
        put(STAT.ctimeNanos, stats.ctimeNs % second);
        put(STAT.mtimeSeconds, stats.mtimeNs / second);
        put(STAT.mtimeNanos, stats.mtimeNs % second);
        return true;
      } catch {
        return false; // gone, or behind a folder that cannot be entered
      }
    },
    countNames(folder) {
      const path = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(folder, "latin1")]);
      try {
        return lstatSync(path).isDirectory() ? readdirSync(path).filter((name) => name !== ".git").length : undefined;
      } catch {
        return undefined;
      }
    },
    close() {},
  };
}

/** Glibc's name, then musl's. */
const LIBRARIES = ["libc.so.6", `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`];

/** O_CLOEXEC, O_DIRECTORY, O_NOFOLLOW: the last two have numbers of their own on arm64. */
const OPEN_FOLDER = process.arch === "arm64" ? 0o2140000 : 0o2600000;
const AT_SYMLINK_NOFOLLOW = 0x100;
/** Type, mode, modification and change time, inode, size. */
const STATX_WANTED = 0x1 | 0x2 | 0x40 | 0x80 | 0x100 | 0x200;
const MAX_PATH_BYTES = 4096;

type Library = ReturnType<typeof load>;

const load = (bun: typeof bunFfi, library: string) =>
  bun.dlopen(library, {
    open: { args: ["ptr", "i32"], returns: "i32" },
    openat: { args: ["i32", "ptr", "i32"], returns: "i32" },
    close: { args: ["i32"], returns: "i32" },
    statx: { args: ["i32", "ptr", "i32", "u32", "ptr"], returns: "i32" },
    getdents64: { args: ["i32", "ptr", "usize"], returns: "i32" },
  });

/** undefined: this library lacks the calls. */
async function openLinuxProbe(root: string, bytes: Buffer): Promise<TreeProbe | undefined> {
  const bun = await import("bun:ffi");
  for (const name of LIBRARIES) {
    let library: Library;
    try {
      library = load(bun, name);
    } catch {
      continue; // another system's name for it, or an old library without statx
    }
    const rootFd = library.symbols.open(bun.ptr(Buffer.from(`${root}\0`)), OPEN_FOLDER);
    if (rootFd >= 0) return new LinuxProbe(library, rootFd, { bytes, ptr: bun.ptr });
    library.close();
    return undefined;
  }
  return undefined;
}

class LinuxProbe implements TreeProbe {
  // Buffers are allocated apart: a small typed array's bytes may move, those of an ArrayBuffer stay where they are.
  readonly words = new Uint32Array(new ArrayBuffer(STAT_WORDS * 4));
  private readonly names = Buffer.from(new ArrayBuffer(32_768));
  private readonly path = Buffer.from(new ArrayBuffer(MAX_PATH_BYTES));
  private readonly bytes: Buffer;
  private readonly at: {
    readonly words: bunFfi.Pointer;
    readonly names: bunFfi.Pointer;
    readonly path: bunFfi.Pointer;
    readonly bytes: number;
  };

  constructor(
    private readonly library: Library,
    private readonly rootFd: number,
    of: { readonly bytes: Buffer; readonly ptr: (of: NodeJS.TypedArray) => bunFfi.Pointer },
  ) {
    const { words, names, path } = this;
    this.bytes = of.bytes;
    this.at = { words: of.ptr(words), names: of.ptr(names), path: of.ptr(path), bytes: Number(of.ptr(of.bytes)) };
  }

  look(start: number, end: number): boolean {
    const { bytes, at, rootFd } = this;
    if (start < 0 || end >= bytes.length || bytes[end] !== 0) return false;
    const path = (at.bytes + start) as bunFfi.Pointer;
    return this.library.symbols.statx(rootFd, path, AT_SYMLINK_NOFOLLOW, STATX_WANTED, at.words) === 0;
  }

  countNames(folder: string): number | undefined {
    if (folder.length >= MAX_PATH_BYTES) return undefined;
    this.path[this.path.write(folder === "" ? "." : folder, "latin1")] = 0;
    const { symbols } = this.library;
    const fd = symbols.openat(this.rootFd, this.at.path, OPEN_FOLDER);
    if (fd < 0) return undefined;
    try {
      return this.countNamesOf(fd);
    } finally {
      symbols.close(fd);
    }
  }

  private countNamesOf(fd: number): number | undefined {
    const { names, at } = this;
    let count = 0;
    for (;;) {
      const read = this.library.symbols.getdents64(fd, at.names, names.length);
      if (read <= 0) return read < 0 ? undefined : count;
      // struct linux_dirent64: length of the record at 16, the name from 19 on
      for (let record = 0; record < read; record += names.readUInt16LE(record + 16))
        if (!isPassedOver(names, record + 19)) count++;
    }
  }

  close(): void {
    this.library.symbols.close(this.rootFd);
    this.library.close();
  }
}

/** `.`, `..` or `.git` */
function isPassedOver(names: Buffer, at: number): boolean {
  if (names[at] !== 0x2e) return false;
  const [second, third] = [names[at + 1], names[at + 2]];
  if (second === 0 || (second === 0x2e && third === 0)) return true;
  return second === 0x67 && third === 0x69 && names[at + 3] === 0x74 && names[at + 4] === 0;
}
