import { afterAll, describe, expect, test } from "bun:test";
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extractFile } from "../../src/embed/onnx/runtime.ts";

const root = await mkdtemp(join(tmpdir(), "repobase-extract-"));
afterAll(() => rm(root, { recursive: true, force: true }));
const bytes = crypto.getRandomValues(new Uint8Array(60_000));
const embedded = join(root, "lib-1a2b3c4d.so");
await writeFile(embedded, bytes);
const inode = async (path: string) => (await stat(path)).ino;

describe("extracting a library", () => {
  test("gives the same file each time, for its user alone, and leaves a right one alone", async () => {
    const of = { embedded, cacheDir: join(root, "a", "cache"), name: "lib-1.2.3", file: "lib.so" };
    const path = await extractFile(of);
    expect(await Bun.file(path).bytes()).toEqual(bytes);
    expect((await stat(path)).mode & 0o777).toBe(0o500);
    expect(path).toBe(join(of.cacheDir, "lib-1.2.3-lib-1a2b3c4d.so", "lib.so"));
    const first = await inode(path);
    expect(await extractFile(of)).toBe(path);
    expect(await inode(path)).toBe(first);
  });

  test("replaces one that was cut short, or that others may write", async () => {
    const of = { embedded, cacheDir: join(root, "b"), name: "lib", file: "lib.so" };
    const path = await extractFile(of);
    for (const damaged of [bytes.subarray(0, 100), new Uint8Array(0)]) {
      await rm(path);
      await writeFile(path, damaged);
      expect(await extractFile(of)).toBe(path);
      expect(await Bun.file(path).bytes()).toEqual(bytes);
    }
    await chmod(path, 0o722);
    const open = await inode(path);
    expect(await extractFile(of)).toBe(path);
    expect([(await inode(path)) === open, (await stat(path)).mode & 0o777]).toEqual([false, 0o500]);
  });

  test("other bytes, of which the bundler makes another name, get a folder of their own", async () => {
    const of = { embedded, cacheDir: join(root, "c"), name: "lib", file: "lib.so" };
    const other = join(root, "lib-5e6f7a8b.so");
    await writeFile(other, bytes.subarray(1));
    await extractFile(of);
    expect(await Bun.file(await extractFile({ ...of, embedded: other })).bytes()).toEqual(bytes.slice(1));
    expect((await readdir(of.cacheDir)).length).toBe(2);
  });

  test("many at once end with one whole file and nothing else", async () => {
    const of = { embedded, cacheDir: join(root, "d"), name: "lib", file: "lib.so" };
    const paths = await Promise.all(Array.from({ length: 8 }, () => extractFile(of)));
    expect(new Set(paths).size).toBe(1);
    expect(await readdir(join(paths[0] ?? "", ".."))).toEqual(["lib.so"]);
    expect(await Bun.file(paths[0] ?? "").bytes()).toEqual(bytes);
  });

  test("a folder that cannot be made is told", async () => {
    await writeFile(join(root, "file"), "");
    const of = { embedded, cacheDir: join(root, "file", "cache"), name: "lib", file: "lib.so" };
    await expect(extractFile(of)).rejects.toEqual(expect.objectContaining({ code: "home_unwritable" }));
  });
});
