import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unpackNative } from "../../src/table/unpack-native.ts";

let dir: string;
let folder: string;
let embedded: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "repobase-unpack-"));
  folder = mkdtempSync(join(dir, "tmp-"));
  embedded = join(dir, "library");
  writeFileSync(embedded, "the library");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const unpack = () => unpackNative({ embedded, id: "abc", folder });
const inode = (path: string) => statSync(path).ino;

test("the library is written once, for its owner alone", () => {
  const path = unpack();
  expect(readFileSync(path, "utf8")).toBe("the library");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const first = inode(path);
  expect(inode(unpack())).toBe(first);
  expect(readdirSync(folder)).toHaveLength(1);
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
    expect(readFileSync(path, "utf8")).toBe("the library");
    expect([inode(path) === first, statSync(path).mode & 0o777]).toEqual([false, 0o600]);
  });
