/**
 * Native libraries out of the binary, into `$REPOBASE_HOME/native/{hash}/`. Bun would unpack them too, but into the system's folder for
 * temporary files, where another user can take the name and a clean-up takes 200 MB away; and it reads all of a library at each
 * start to find out whether it is there. Here a library is hashed once, when it is unpacked; after that its place, size, mode and owner
 * say that it is whole. The build puts `loadUnpacked` in the place of each library (scripts/build.ts).
 */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  type Stats,
  statSync,
  utimesSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { RepobaseError } from "../protocol/errors.ts";
import { fileError } from "./file-errors.ts";
import { writeFileAtomicSync } from "./write-file-atomic.ts";

export interface EmbeddedLibrary {
  /** Its place in the binary. */
  readonly embedded: string;
  /** How its sha256 begins, hex. */
  readonly hash: string;
  /** Of the file, without an ending. */
  readonly name: string;
}

/** Libraries of other versions of the program that nobody used for so long are removed. */
const UNUSED_MS = 30 * 24 * 60 * 60 * 1000;
/** How exactly the last use is known. */
const DAY_MS = 24 * 60 * 60 * 1000;

let folder: string | undefined;
let failure: unknown;

/** Says where libraries go, before one is needed. @param path need not exist */
export function unpackLibrariesInto(path: string): void {
  folder = path;
}

/** For a library that is opened by its path. @throws RepobaseError as `unpackLibrary` */
export function placeUnpacked(library: EmbeddedLibrary): string {
  try {
    if (folder === undefined) throw new Error("no folder is set for native libraries");
    return unpackLibrary(library, folder);
  } catch (error) {
    failure = error;
    throw error;
  }
}

/** @throws RepobaseError as `unpackLibrary`, and `failure` when the system does not load it */
export function loadUnpacked(library: EmbeddedLibrary): unknown {
  const path = placeUnpacked(library);
  try {
    const native = { exports: {} };
    try {
      process.dlopen(native, path);
    } catch (cause) {
      throw new RepobaseError("failure", `cannot load "${path}": ${cause instanceof Error ? cause.message : cause}`, {
        hint: "does its file system allow programs (no noexec)? REPOBASE_HOME can point to another",
        cause,
      });
    }
    return native.exports;
  } catch (error) {
    failure = error;
    throw error;
  }
}

/** What `load` gives. When a library of it cannot be loaded, that is the error, and not what the package around it makes of that. */
export async function withLibraries<T>(load: () => Promise<T>): Promise<T> {
  failure = undefined;
  try {
    return await load();
  } catch (error) {
    throw failure ?? error;
  }
}

/**
 * @returns path of the unpacked file
 * @throws RepobaseError `home_unwritable` (the folder is another user's, or cannot be written), `no_space`, `hash_mismatch` when
 *   the library in the binary is damaged
 */
export function unpackLibrary({ embedded, hash, name }: EmbeddedLibrary, into: string): string {
  const path = join(into, hash, `${name}.node`);
  try {
    for (const dir of [into, dirname(path)]) ownFolder(dir);
    const found = unpackedEarlier(path, embedded);
    if (found) {
      noteUse(path, found);
      return path;
    }
    const bytes = readFileSync(embedded);
    if (!new Bun.CryptoHasher("sha256").update(bytes).digest("hex").startsWith(hash))
      throw new RepobaseError("hash_mismatch", `the ${name} library inside this program is damaged`, {
        hint: "download repobase again",
      });
    writeFileAtomicSync(path, bytes, 0o600);
    removeUnused(into, hash);
    return path;
  } catch (error) {
    throw fileError(error, { doing: "write", path });
  }
}

/** Of a file that was unpacked whole, and that nobody else can have written since; undefined: it must be unpacked. */
export function unpackedEarlier(path: string, embedded: string): Stats | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() && isOurs(found) && found.size === statSync(embedded).size ? found : undefined;
}

const uid = () => process.getuid?.();

/** Nobody else can have written it. (Windows has neither owners nor modes here: its home folders are their user's alone.) */
const isOurs = (stats: Stats): boolean => stats.uid === (uid() ?? stats.uid) && (stats.mode & 0o022) === 0;

/** Makes it, for its user alone. @throws RepobaseError `home_unwritable` when it is another user's, or no folder */
function ownFolder(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const stats = lstatSync(dir);
  if (!stats.isDirectory() || stats.uid !== (uid() ?? stats.uid))
    throw new RepobaseError(
      "home_unwritable",
      `"${dir}" ${stats.isDirectory() ? "belongs to another user" : "is a link"}`,
      {
        hint: "native libraries are loaded from there: point REPOBASE_HOME to a folder of your own",
      },
    );
  if (!isOurs(stats)) chmodSync(dir, 0o700);
}

function noteUse(path: string, found: Stats): void {
  const now = Date.now();
  if (now - found.mtimeMs < DAY_MS) return;
  try {
    utimesSync(path, new Date(now), new Date(now));
  } catch {
    // a home that cannot be written now: the worst is that the library is unpacked again one day
  }
}

/** Of other versions; and what older ones left in the system's folder for temporary files. Another process may hold one open: it keeps what it has. */
function removeUnused(into: string, hash: string): void {
  const old = new Date(Date.now() - UNUSED_MS);
  for (const other of readdirSync(into)) {
    if (other === hash) continue;
    const files = readdirSync(join(into, other)).map((file) => lstatSync(join(into, other, file)));
    if (files.every(({ mtime }) => mtime < old)) rmSync(join(into, other), { recursive: true, force: true });
  }
  const ours = `.repobase-${uid() ?? 0}-`;
  for (const file of readdirSync(tmpdir())) {
    const path = join(tmpdir(), file);
    if (!file.startsWith(ours) || !file.endsWith(".node")) continue;
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() && isOurs(stats)) rmSync(path, { force: true });
  }
}
