import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extractFile } from "../../src/embed/onnx/runtime.ts";

const root = await mkdtemp(join(tmpdir(), "repobase-extract-"));
afterAll(() => rm(root, { recursive: true, force: true }));
const bytes = crypto.getRandomValues(new Uint8Array(60_000));

describe("extracting a library", () => {
  test("gives the same file each time, and leaves a right one alone", async () => {
    const cacheDir = join(root, "a", "cache");
    const path = await extractFile({ bytes, cacheDir, name: "lib-1.2.3", file: "lib.so" });
    expect(await Bun.file(path).bytes()).toEqual(bytes);
    const hash = new Bun.CryptoHasher("sha256").update(bytes).digest("hex").slice(0, 12);
    expect(path).toBe(join(cacheDir, `lib-1.2.3-${hash}`, "lib.so"));
    const written = Bun.file(path).lastModified;
    expect(await extractFile({ bytes, cacheDir, name: "lib-1.2.3", file: "lib.so" })).toBe(path);
    expect(Bun.file(path).lastModified).toBe(written);
  });

  test("replaces one that was cut short or changed, even by a byte", async () => {
    const of = { bytes, cacheDir: join(root, "b"), name: "lib", file: "lib.so" };
    const path = await extractFile(of);
    const changed = bytes.slice();
    changed[30_000] = (changed[30_000] ?? 0) ^ 1;
    for (const damaged of [bytes.subarray(0, 100), new Uint8Array(0), changed]) {
      await rm(path);
      await writeFile(path, damaged);
      expect(await extractFile(of)).toBe(path);
      expect(await Bun.file(path).bytes()).toEqual(bytes);
    }
  });

  test("other bytes get a folder of their own", async () => {
    const cacheDir = join(root, "c");
    await extractFile({ bytes, cacheDir, name: "lib", file: "lib.so" });
    await extractFile({ bytes: bytes.subarray(1), cacheDir, name: "lib", file: "lib.so" });
    expect((await readdir(cacheDir)).length).toBe(2);
  });

  test("many at once end with one whole file and nothing else", async () => {
    const of = { bytes, cacheDir: join(root, "d"), name: "lib", file: "lib.so" };
    const paths = await Promise.all(Array.from({ length: 8 }, () => extractFile(of)));
    expect(new Set(paths).size).toBe(1);
    expect(await readdir(join(paths[0] ?? "", ".."))).toEqual(["lib.so"]);
    expect(await Bun.file(paths[0] ?? "").bytes()).toEqual(bytes);
  });

  test("a folder that cannot be made is told", async () => {
    await writeFile(join(root, "file"), "");
    const of = { bytes, cacheDir: join(root, "file", "cache"), name: "lib", file: "lib.so" };
    await expect(extractFile(of)).rejects.toEqual(expect.objectContaining({ code: "home_unwritable" }));
  });
});
