import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blobId, blobIdOfFile } from "../../src/git/objects/blob-id.ts";
import { ObjectReader } from "../../src/git/objects/object-reader.ts";
import { applyDelta, parsePackEntry } from "../../src/git/objects/pack-entry.ts";
import { isRepobaseError } from "../../src/protocol/errors.ts";
import { commitFiles, git, makeRepository } from "../helpers/git-server.ts";

let dir = "";
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "repobase-objects-"))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let made: Promise<string> | undefined;

/** A repository of its own with the same history: 14 commits by git's commands are made once. */
async function historyAt(name: string): Promise<string> {
  cpSync(await (made ??= makeHistory()), join(dir, name), { recursive: true });
  return join(dir, name);
}

/** Versions of a few files, so that packing them makes chains of deltas. */
async function makeHistory(): Promise<string> {
  const repo = join(dir, "made");
  const lines = Array.from({ length: 400 }, (_, i) => `line ${i} ${Math.sin(i)}`);
  await makeRepository(repo, { "a.txt": lines.join("\n"), "empty.txt": "", "zeros.bin": new Uint8Array(300_000) });
  for (let i = 0; i < 12; i++) {
    lines[i * 30] = `changed in ${i}`;
    await commitFiles(repo, { "a.txt": lines.join("\n"), [`dir/${i}.txt`]: `number ${i}\n`.repeat(i) });
  }
  await git(repo, "tag", "-a", "v1", "-m", "one");
  return repo;
}

async function allObjects(repo: string): Promise<[id: string, type: string, size: number][]> {
  const out = await git(repo, "cat-file", "--batch-check", "--batch-all-objects");
  return out.split("\n").map((line) => {
    const [id = "", type = "", size = ""] = line.split(" ");
    return [id, type, Number(size)];
  });
}

async function expectAllReadable(repo: string, objects = new ObjectReader(join(repo, ".git"))): Promise<number> {
  const all = await allObjects(repo);
  for (const [id, type, size] of all) {
    const object = objects.read(id);
    expect([id, object.type, object.bytes.length]).toEqual([id, type as typeof object.type, size]);
  }
  objects.close();
  return all.length;
}

test("every object of a repository: loose, then packed in long delta chains, while one reader is open", async () => {
  const repo = await historyAt("history");
  const reader = new ObjectReader(join(repo, ".git"));
  expect(await expectAllReadable(repo)).toBeGreaterThan(40);
  const [first] = await allObjects(repo);
  reader.read(first?.[0] ?? "");
  await git(repo, "-c", "pack.depth=50", "gc", "--quiet", "--aggressive");
  expect(await git(repo, "count-objects", "-v")).toContain("count: 0");
  await expectAllReadable(repo, reader); // opened before the loose files went away
  await expectAllReadable(repo);
});

test("deltas that name their base by id, and offsets beyond 31 bits of the index", async () => {
  const repo = await historyAt("odd-packs");
  const pack = join(repo, ".git/objects/pack");
  const ids = (await allObjects(repo)).map(([id]) => id).join("\n");
  writeFileSync(join(dir, "ids"), `${ids}\n`);
  // The 64-bit table is used for every offset above 0x40, as if the pack had gigabytes.
  await Bun.$`git -c pack.indexVersion=2 pack-objects --no-delta-base-offset --index-version=2,0x40 ${join(pack, "pack")} < ${join(dir, "ids")}`
    .cwd(repo)
    .quiet();
  await git(repo, "prune-packed");
  expect(await git(repo, "count-objects", "-v")).toContain("count: 0");
  await expectAllReadable(repo);
});

test("objects borrowed from another repository", async () => {
  const origin = await historyAt("lender");
  await git(dir, "clone", "--quiet", "--shared", origin, join(dir, "borrower"));
  await git(join(dir, "borrower"), "clone", "--quiet", "--shared", join(dir, "borrower"), join(dir, "borrower2"));
  await expectAllReadable(join(dir, "borrower2"));
});

test("what is not there is not found; what is damaged is said to be damaged", async () => {
  const repo = await historyAt("damaged");
  const gitdir = join(repo, ".git");
  const objects = new ObjectReader(gitdir);
  expect(() => objects.read("1".repeat(40))).toThrow("is not in");
  const ids = (await git(repo, "rev-parse", "HEAD:dir/5.txt", "HEAD:a.txt", "HEAD:zeros.bin")).split("\n");
  await git(repo, "gc", "--quiet");
  const pack = readdirSync(join(gitdir, "objects/pack")).find((name) => name.endsWith(".pack")) ?? "";
  const path = join(gitdir, "objects/pack", pack);
  const bytes = readFileSync(path);
  for (let at = 200; at < bytes.length - 20; at += 7) bytes[at] = (bytes[at] ?? 0) ^ 0x55;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
  const fresh = new ObjectReader(gitdir);
  let failures = 0;
  for (const id of ids)
    try {
      fresh.read(id);
    } catch (error) {
      if (!isRepobaseError(error, "damaged_repository")) throw error;
      failures++;
    }
  expect(failures).toBe(3);
});

test("an index or pack cut short is refused", async () => {
  const repo = await historyAt("cut");
  await git(repo, "gc", "--quiet");
  const pack = join(repo, ".git/objects/pack");
  const idx = join(pack, readdirSync(pack).find((name) => name.endsWith(".idx")) ?? "");
  const bytes = readFileSync(idx);
  chmodSync(idx, 0o644);
  const head = await git(repo, "rev-parse", "HEAD");
  for (const length of [0, 100, 1500, bytes.length - 100]) {
    writeFileSync(idx, bytes.subarray(0, length));
    expect(() => new ObjectReader(join(repo, ".git")).read(head)).toThrow(/not a git pack index|shorter than/);
  }
});

test("delta instructions: copies, inserts, and refusing what does not fit", () => {
  const base = Buffer.from("hello world");
  //                 base 11, result 8; copy offset 6 size 5; insert "!!!"
  const delta = Buffer.from([11, 8, 0x91, 6, 5, 3, 33, 33, 33]);
  expect(applyDelta(base, delta).toString()).toBe("world!!!");
  for (const bad of [
    [10, 8, 0x91, 6, 5, 3, 33, 33, 33], // made for another base
    [11, 8, 0x91, 9, 5, 3, 33, 33, 33], // copies past the base
    [11, 9, 0x91, 6, 5, 3, 33, 33, 33], // result too short
    [11, 8, 0x91, 6, 5, 9, 33, 33, 33], // inserts more than there is
    [11, 8, 0], // reserved
  ])
    expect(() => applyDelta(base, Buffer.from(bad))).toThrow("does not fit");
  expect(() => parsePackEntry(Buffer.from([0x50]))).toThrow("unknown type 5");
  expect(() => parsePackEntry(Buffer.from([0xb0]))).toThrow("ends within");
});

test("blob ids are git's, in memory and by file", async () => {
  const file = join(dir, "x.bin");
  for (const bytes of [new Uint8Array(0), Buffer.from("hi\r\n"), new Uint8Array(9 << 20).fill(7)]) {
    writeFileSync(file, bytes);
    const expected = await git(dir, "hash-object", "--no-filters", file);
    expect([blobId(bytes), await blobIdOfFile({ root: dir, path: "x.bin" })]).toEqual([expected, expected]);
  }
});
