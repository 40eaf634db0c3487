/** What only a directory store promises: atomic files, no leftovers, other processes, full disks, plain names. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileError } from "../../src/files/file-errors.ts";
import { DirectoryStore } from "../../src/store/directory-store.ts";
import { codeOf, randomBytes } from "../helpers/sync-fixtures.ts";

const dirs: string[] = [];
afterAll(() => Promise.all(dirs.map((dir) => rm(dir, { recursive: true, force: true }))));
async function newDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "repobase-dir-"));
  dirs.push(dir);
  return dir;
}

const temporaries = async (dir: string) =>
  (await readdir(dir, { recursive: true })).filter((name) => name.includes(".tmp-"));

test("the file lies at its key, byte for byte, and nothing else is left", async () => {
  const dir = await newDir();
  const store = new DirectoryStore(dir);
  const bytes = randomBytes(1000);
  await store.put("a/b/c.bin", bytes, { onlyIf: { absent: true } });
  expect(new Uint8Array(await readFile(join(dir, "a/b/c.bin")))).toEqual(bytes);
  await store.put("a/b/c.bin", bytes, { onlyIf: { absent: true } });
  await codeOf(store.put("a/b/d.bin", bytes, { sha256: "0".repeat(64) }));
  expect(await temporaries(dir)).toEqual([]);
  // the lock of replacing puts is one empty file, made once
  await store.put("a/b/c.bin", bytes);
  expect(await temporaries(dir)).toEqual([".tmp-lock"]);
});

test("S5: old temporaries are swept by the next put, young ones and the lock stay, none is listed", async () => {
  const dir = await newDir();
  await mkdir(join(dir, "x"));
  for (const name of ["x/.tmp-repobase-old", "x/.tmp-repobase-young", ".tmp-lock"])
    await writeFile(join(dir, name), "");
  const long = new Date(Date.now() - 2 * 60 * 60 * 1000);
  for (const name of ["x/.tmp-repobase-old", ".tmp-lock"]) await utimes(join(dir, name), long, long);
  const store = new DirectoryStore(dir);
  await store.put("x/new", randomBytes(1));
  await store.put("top", randomBytes(1));
  expect((await temporaries(dir)).sort()).toEqual([".tmp-lock", "x/.tmp-repobase-young"]);
  const listed: string[] = [];
  for await (const { key } of store.list("")) listed.push(key);
  expect(listed).toEqual(["top", "x/new"]);
});

test("a folder is no object, and neither is what lies below a file", async () => {
  const dir = await newDir();
  const store = new DirectoryStore(dir);
  await store.put("a/b", randomBytes(1));
  expect(await store.get("a")).toBeUndefined();
  expect(await store.head("a/b/c")).toBeUndefined();
  expect(await codeOf(store.put("a/b/c", randomBytes(1)))).toBe("home_unwritable");
  await store.delete("a");
  expect(await store.head("a/b")).toBeDefined();
});

test("a symbolic link in the folder is read as what it points to, as a user who moved the index would expect", async () => {
  const [dir, elsewhere] = [await newDir(), await newDir()];
  await symlink(elsewhere, join(dir, "index"));
  const store = new DirectoryStore(dir);
  await store.put("index/x", randomBytes(3));
  expect((await store.get("index/x"))?.size).toBe(3);
  expect(await readdir(elsewhere)).toEqual(["x"]);
});

test("two instances, and another process, cannot both win a swap", async () => {
  const dir = await newDir();
  const store = new DirectoryStore(dir);
  const rounds = 25;
  const script = `
    import { DirectoryStore } from ${JSON.stringify(join(import.meta.dir, "../../src/store/directory-store.ts"))};
    const store = new DirectoryStore(process.argv[1] ?? "");
    let wins = 0;
    while (wins < ${rounds}) {
      const now = await store.get("counter");
      const n = Number(new TextDecoder().decode(now.bytes));
      if (await store.put("counter", new TextEncoder().encode(String(n + 1)), { onlyIf: { etag: now.etag } })) wins++;
    }
  `;
  await store.put("counter", new TextEncoder().encode("0"));
  const children = Array.from({ length: 3 }, () =>
    Bun.spawn([process.execPath, "-e", script, dir], { stdout: "inherit", stderr: "inherit" }),
  );
  expect(await Promise.all(children.map((c) => c.exited))).toEqual([0, 0, 0]);
  expect(new TextDecoder().decode((await store.get("counter"))?.bytes)).toBe(String(3 * rounds));
  expect(await temporaries(dir)).toEqual([".tmp-lock"]);
}, 20_000);

test("S2, S5: kill -9 in the middle of writing leaves the old bytes and a temporary that nobody sees", async () => {
  const dir = await newDir();
  const store = new DirectoryStore(dir);
  await store.put("x/data", new TextEncoder().encode("old"));
  const script = `
    import { DirectoryStore } from ${JSON.stringify(join(import.meta.dir, "../../src/store/directory-store.ts"))};
    const store = new DirectoryStore(process.argv[1] ?? "");
    const big = new Uint8Array(8 << 20).fill(120);
    console.log("go");
    for (;;) await store.put("x/data", big);
  `;
  const child = Bun.spawn([process.execPath, "-e", script, dir], { stdout: "pipe" });
  await child.stdout.getReader().read();
  await Bun.sleep(30);
  child.kill("SIGKILL");
  await child.exited;
  const now = await store.get("x/data");
  expect([3, 8 << 20]).toContain(now?.size ?? -1);
  expect(now?.bytes.every((byte) => byte === (now.size === 3 ? byte : 120))).toBe(true);
  await store.put("x/data", new TextEncoder().encode("new"));
  const listed: string[] = [];
  for await (const { key } of store.list("")) listed.push(key);
  expect(listed).toEqual(["x/data"]);
});

describe("what the file system says", () => {
  const error = (code: string) => Object.assign(new Error(code), { code });
  test.each([
    ["ENOSPC", "no_space"],
    ["EDQUOT", "no_space"],
    ["EACCES", "home_unwritable"],
    ["EROFS", "home_unwritable"],
    ["EIO", "io_error"],
  ])("%s is %s", (errno, code) => {
    expect(fileError(error(errno), { doing: "write", path: "p" }).code).toBe(code as "failure");
  });
});
