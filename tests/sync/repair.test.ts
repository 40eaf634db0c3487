/** `repobase repair`, through the program: each kind of file damaged or taken away, on each side, and put right again. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { DamagedIndex, type Side } from "../helpers/damaged-index.ts";

let index: DamagedIndex;
const undamaged: Partial<Record<Side, string>> = {};
beforeAll(async () => {
  index = await DamagedIndex.make({ uncommitted: true });
  for (const side of ["local", "remote"] as const) undamaged[side] = (await index.search(side)).answers ?? "none";
}, 60_000);
afterAll(() => index.close());

const KINDS: Record<string, RegExp> = {
  "a data file": /^index\/.*files\.lance\/data\//,
  "a search pack": /^index\/.*files\.lance\/packs\//,
  "a manifest": /^manifests\//,
  "a snapshot": /^snapshots\//,
  "the ref": /^refs\//,
};

async function pathOf(side: Side, kind: RegExp): Promise<string> {
  const paths = (await index.files(side)).filter((path) => kind.test(path));
  const named = await index.named(side);
  const path = paths.find((one) => named.has(one));
  if (path === undefined) throw new Error(`no ${kind} among ${paths.join()}`);
  return path;
}

for (const side of ["local", "remote"] as const)
  describe(side, () => {
    for (const [name, kind] of Object.entries(KINDS))
      for (const how of ["damaged", "gone"] as const) {
        if (name === "the ref" && how === "gone") continue;
        test(`${name} is ${how}`, async () => {
          const path = await pathOf(side, kind);
          if (how === "damaged") await index.flip(side, path, (size) => size >> 1);
          else await index.remove(side, path);
          const found = await index.search(side);
          if (found.answers !== undefined) expect(found.answers).toBe(undamaged[side] as string);
          else expect(found.error).toContain(`repobase repair ${side === "remote" ? "--remote " : ""}${index.repo}`);
          const verified = await index.verify(side);
          expect(verified.code).toBe(13);
          const repaired = await index.repair(side);
          expect({ code: repaired.code, stderr: repaired.stderr }).toEqual({ code: 0, stderr: "" });
          expect((await index.verify(side)).code).toBe(0);
          expect(await index.search(side)).toEqual({ answers: undamaged[side] as string, code: 0 });
        }, 30_000);
      }
  });

test("what nobody has is listed, and the exit status is 13; a push does not hide it", async () => {
  const path = await pathOf("remote", KINDS["a data file"] as RegExp);
  const putBack = [await index.flip("remote", path, () => 100), await index.flip("local", path, () => 100)];
  const repaired = await index.repair("remote");
  expect(repaired.code).toBe(13);
  expect(JSON.parse(repaired.stdout)).toMatchObject({ left: [{ kind: "sha256", key: path }] });
  expect((await index.run(["upload-fragment", index.repo, path])).code).toBe(13);
  for (const back of putBack) await back();
});

test.each([/worktree\.lance\/data\//, /worktree\.lance\/packs\//])(
  "a damaged file of uncommitted work is made again from the folder: %s",
  async (kind) => {
    const path = (await index.files("local")).find((one) => kind.test(one));
    expect(path).toBeDefined();
    await index.flip("local", path ?? "", (size) => size >> 1);
    const found = await index.search("local");
    if (found.answers !== undefined) expect(found.answers).toBe(undamaged.local as string);
    const repaired = await index.repair("local");
    expect({ code: repaired.code, stderr: repaired.stderr }).toEqual({ code: 0, stderr: "" });
    expect(await index.search("local")).toEqual({ answers: undamaged.local as string, code: 0 });
  },
);

test("without a cloud, a pack is made again from its rows, a native text index too, and rows from the source", async () => {
  const alone = await DamagedIndex.make({ uncommitted: false });
  try {
    expect((await alone.run(["cloud", "disable", alone.repo])).code).toBe(0);
    const before = (await alone.search("local")).answers;
    expect((await alone.run(["index", "--native-text-index", alone.repo])).code).toBe(0);
    const kinds = [/files\.lance\/packs\//, /files\.lance\/packs\//, /_indices\/.*invert/, /files\.lance\/data\//];
    for (const [at, kind] of kinds.entries()) {
      const path = (await alone.files("local")).find((one) => kind.test(one)) as string;
      if (at === 0) await alone.remove("local", path);
      else await alone.flip("local", path, (size) => size >> 1);
      const repaired = await alone.repair("local");
      expect({ code: repaired.code, stderr: repaired.stderr }).toEqual({ code: 0, stderr: "" });
      expect((JSON.parse(repaired.stdout) as { remade: string[] }).remade).toEqual([path]);
      expect((await alone.verify("local")).code).toBe(0);
      expect((await alone.search("local")).answers).toBe(before);
      // the index that was asked for is there again
      if (kind.source.includes("_indices"))
        expect((await alone.files("local")).some((one) => kind.test(one))).toBe(true);
    }
  } finally {
    await alone.close();
  }
}, 60_000);

test("a pack that the manifest describes wrongly is made again from its rows", async () => {
  const alone = await DamagedIndex.make({ uncommitted: false });
  try {
    const before = (await alone.search("local")).answers;
    await alone.forgeManifest((manifest) => {
      const [segment] = manifest.segments ?? [];
      if (segment?.pack === undefined) throw new Error("no pack");
      return { ...manifest, segments: [{ ...segment, pack: { ...segment.pack, crc32: 1 } }] };
    });
    expect((await alone.search("local")).error).toContain(`repobase repair ${alone.repo}`);
    expect((await alone.verify("local")).code).toBe(13);
    const repaired = await alone.repair("local");
    expect({ code: repaired.code, stderr: repaired.stderr }).toEqual({ code: 0, stderr: "" });
    expect((await alone.verify("local")).code).toBe(0);
    expect((await alone.search("local")).answers).toBe(before);
  } finally {
    await alone.close();
  }
});

test("searches of a commit and of uncommitted work read packs alone: no data file is missed", async () => {
  const data = (await index.files("local")).filter((path) => /\/(files|worktree)\.lance\/data\//.test(path));
  expect(new Set(data.map((path) => path.split("/")[2])).size).toBe(2);
  for (const path of data) await index.remove("local", path);
  expect(await index.search("local")).toEqual({ answers: undamaged.local as string, code: 0 });
  expect((await index.repair("local")).code).toBe(0);
  expect((await index.verify("local")).code).toBe(0);
});

test("a damaged config.json is made again from the indexes that are here", async () => {
  const putBack = await index.flip("local", "config.json", () => 0);
  const failed = await index.run(["search", "bitmap"]);
  expect([failed.code, failed.stderr]).toEqual([13, expect.stringContaining("repobase repair")]);
  expect((await index.run(["repair"])).code).toBe(0);
  expect((await index.run(["search", "bitmap", "--repo", index.repo])).code).toBe(0);
  await putBack();
});
