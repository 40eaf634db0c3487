/** The index that we make of a pack is the one that git makes, byte for byte; and of a crafted pack, none that misleads. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { indexPack } from "../../src/git/objects/index-pack.ts";
import { MAX_OBJECT_BYTES } from "../../src/git/objects/limits.ts";
import { ObjectReader } from "../../src/git/objects/object-reader.ts";
import { PackIndex } from "../../src/git/objects/pack-index.ts";
import { isRepobaseError, RepobaseError } from "../../src/protocol/errors.ts";
import { commitFiles, git, makeRepository } from "../helpers/git-server.ts";
import { delta, entry, type MadeEntry, pack, zeros } from "../helpers/pack.ts";

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "repobase-index-pack-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const nothing = (id: string) => {
  throw new RepobaseError("not_found", id);
};
const quiet = { external: nothing, onProgress: () => undefined, signal: undefined };

test("of real packs: chains of deltas by offset and by id, thin ones, files of many sizes", async () => {
  const repository = join(dir, "app");
  const lines = Array.from({ length: 3000 }, (_, i) => `line ${i} of a file that changes a little each time\n`);
  await makeRepository(repository, {
    "a.txt": lines.join(""),
    "empty.txt": "",
    "noise.bin": crypto.getRandomValues(new Uint8Array(60_000)),
  });
  for (let i = 0; i < 30; i++) {
    lines[i * 90] = `changed ${i}\n`;
    await commitFiles(repository, { "a.txt": lines.join(""), [`d${i}/f.txt`]: `${i}` });
  }
  await git(repository, "tag", "-a", "v1", "-m", "one");
  for (const byOffset of ["true", "false"]) {
    await git(
      repository,
      "-c",
      `repack.useDeltaBaseOffset=${byOffset}`,
      "repack",
      "-q",
      "-a",
      "-d",
      "-f",
      "--depth=50",
    );
    const folder = join(repository, ".git/objects/pack");
    const name = readdirSync(folder).find((each) => each.endsWith(".pack")) ?? "";
    const made = await indexPack(join(folder, name), quiet);
    expect(made.equals(readFileSync(join(folder, name.replace(/pack$/, "idx"))))).toBe(true);
  }

  // a thin pack: its deltas stand on what the other pack has
  const before = await git(repository, "rev-parse", "HEAD");
  lines[1] = "once more\n";
  await commitFiles(repository, { "a.txt": lines.join("") });
  const thin = join(dir, "thin.pack");
  const child = Bun.spawn(["git", "pack-objects", "--thin", "--stdout", "--revs", "-q"], {
    cwd: repository,
    stdin: Buffer.from(`HEAD\n^${before}\n`),
    stdout: Bun.file(thin),
  });
  expect(await child.exited).toBe(0);
  const objects = new ObjectReader(join(repository, ".git"));
  const index = PackIndex.parse(await indexPack(thin, { ...quiet, external: (id) => objects.read(id) }), thin);
  objects.close();
  expect(index.count).toBe(3);
  const blob = await git(repository, "rev-parse", "HEAD:a.txt");
  expect(index.offsetOf(Buffer.from(blob, "hex"))).toBeGreaterThan(0);
  expect(isRepobaseError(await indexPack(thin, quiet).catch((e: unknown) => e), "transient")).toBe(true);
});

test("of crafted packs: what is too large is left out, what is damaged is refused", async () => {
  const write = (name: string, entries: readonly MadeEntry[]) => {
    writeFileSync(join(dir, name), pack(entries));
    return join(dir, name);
  };
  const large = zeros((MAX_OBJECT_BYTES >> 20) + 1);
  const base = entry({ type: "blob", content: Buffer.alloc(1 << 16, 1) });
  const copy = { baseSize: 1 << 16, instructions: Buffer.from([0x80]), id: "f".repeat(40) };
  const onLarge = delta({ ...copy, base: large.id, resultSize: 1 << 16 });
  const bomb = delta({ ...copy, base: base.id, resultSize: 2 ** 40 });
  const path = write("large.pack", [onLarge, large, bomb, base]);
  const index = PackIndex.parse(await indexPack(path, quiet), path);
  expect(index.count).toBe(2);
  for (const { id } of [large, base]) expect(index.offsetOf(Buffer.from(id, "hex"))).toBeGreaterThan(0);

  const short = entry({ type: "blob", content: Buffer.from("abc"), claimed: 4 });
  const long = entry({ type: "blob", content: Buffer.from("abc"), claimed: 2 });
  const far = { ...zeros(33), bytes: zeros(34).bytes.fill(zeros(33).bytes.subarray(0, 5), 0, 5) };
  for (const [at, bad] of [short, long, far].entries()) {
    const error = await indexPack(write(`bad${at}.pack`, [bad, base]), quiet).catch((e: unknown) => e);
    expect([at, isRepobaseError(error, "damaged_repository")]).toEqual([at, true]);
  }
  const many = pack([base]);
  many.writeUInt32BE(0xffffffff, 8);
  writeFileSync(join(dir, "many.pack"), many);
  expect(isRepobaseError(await indexPack(join(dir, "many.pack"), quiet).catch((e: unknown) => e), "too_large")).toBe(
    true,
  );
  const stop = AbortSignal.abort();
  expect(
    isRepobaseError(await indexPack(path, { ...quiet, signal: stop }).catch((e: unknown) => e), "interrupted"),
  ).toBe(true);
});
