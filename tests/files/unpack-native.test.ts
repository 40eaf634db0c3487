import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { RepobaseError } from "../../src/protocol/errors.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { loadUnpacked, unpackLibrariesInto, unpackLibrary, withLibraries } from "../../src/files/unpack-native.ts";

let dir: string;
let folder: string;
let embedded: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "repobase-unpack-"));
  folder = mkdtempSync(join(dir, "tmp-"));
  embedded = join(dir, "library");
  writeFileSync(embedded, CONTENTS);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const CONTENTS = "the library";
const hash = (await sha256Hex(new TextEncoder().encode(CONTENTS))).slice(0, 32);
const unpack = () => unpackLibrary({ embedded, hash, name: "lib" }, join(folder, "native"));
const inode = (path: string) => statSync(path).ino;

test("the library is written once, for its owner alone", () => {
  const path = unpack();
  expect(readFileSync(path, "utf8")).toBe(CONTENTS);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const first = inode(path);
  expect(inode(unpack())).toBe(first);
  expect(path).toBe(join(folder, "native", hash, "lib.node"));
  for (const made of [join(folder, "native"), join(folder, "native", hash)])
    expect(statSync(made).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(folder, "native", hash))).toEqual(["lib.node"]);
});

const REPLACED: Readonly<Record<string, (path: string) => void>> = {
  "half of one": (path) => truncateSync(path, 5),
  "one that others may write": (path) => chmodSync(path, 0o622),
  "a link to another": (path) => {
    renameSync(path, join(dir, "elsewhere"));
    symlinkSync(join(dir, "elsewhere"), path);
  },
};
for (const [name, spoil] of Object.entries(REPLACED))
  test(`${name} is replaced`, () => {
    const path = unpack();
    const first = inode(path);
    spoil(path);
    unpack();
    expect(readFileSync(path, "utf8")).toBe(CONTENTS);
    expect([inode(path) === first, statSync(path).mode & 0o777]).toEqual([false, 0o600]);
  });

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "done";
  } catch (error) {
    return error instanceof RepobaseError ? error.code : String(error);
  }
};

test("a damaged library in the binary is refused, and nothing is left", () => {
  writeFileSync(embedded, "the librarx");
  expect(codeOf(unpack)).toBe("hash_mismatch");
  expect(readdirSync(join(folder, "native", hash))).toEqual([]);
});

test("a folder that others may write is taken back; a link in its place is refused, by its name", () => {
  const path = unpack();
  chmodSync(dirname(path), 0o777);
  unpack();
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  rmSync(join(folder, "native"), { recursive: true });
  symlinkSync(dir, join(folder, "native"));
  expect(unpack).toThrow(`"${join(folder, "native")}" is a link`);
});

// only root can make a folder that is another user's
test.if(process.getuid?.() === 0)("another user's folder is not trusted, and the message says whose it is", () => {
  mkdirSync(join(folder, "native"));
  chownSync(join(folder, "native"), 12345, 12345);
  expect(codeOf(unpack)).toBe("home_unwritable");
  expect(unpack).toThrow("belongs to another user");
});

test.if(process.getuid?.() === 0)("another user's file in our folder is replaced", () => {
  const path = unpack();
  chownSync(path, 12345, 12345);
  unpack();
  expect(statSync(path).uid).toBe(0);
});

test("libraries of other versions go when nobody used them for a month, and what older ones left in the temporary folder goes", () => {
  const [used, unused] = ["used", "unused"].map((name) => join(folder, "native", name, "lib.node"));
  for (const path of [used, unused]) {
    mkdirSync(dirname(path ?? ""), { recursive: true });
    writeFileSync(path ?? "", "x");
  }
  utimesSync(unused ?? "", new Date(0), new Date(0));
  const leftover = join(tmpdir(), `.repobase-${process.getuid?.() ?? 0}-test${Date.now()}.node`);
  writeFileSync(leftover, "x", { mode: 0o600 });
  unpack();
  expect(readdirSync(join(folder, "native")).sort()).toEqual([hash, "used"].sort());
  expect(existsSync(leftover)).toBe(false);
});

test("what cannot be loaded is told as it is, not as the package around it puts it", async () => {
  unpackLibrariesInto(join(folder, "native"));
  const load = async () => {
    try {
      return loadUnpacked({ embedded, hash, name: "lib" });
    } catch {
      throw new Error("npm has a bug");
    }
  };
  expect(withLibraries(load)).rejects.toThrow(`cannot load "${join(folder, "native", hash, "lib.node")}"`);
});
