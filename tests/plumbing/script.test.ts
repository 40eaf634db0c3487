/** A script of plumbing steps and push leave the same bytes, and so do a script and pull. */
import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catManifest } from "../../src/plumbing/cat-manifest.ts";
import { diffManifest } from "../../src/plumbing/diff-manifest.ts";
import { downloadObject } from "../../src/plumbing/download-object.ts";
import { formatDiff, parseObjectLines } from "../../src/plumbing/object-lines.ts";
import { forwardRef } from "../../src/plumbing/forward-ref.ts";
import { setVersionOf } from "../../src/table/set-version.ts";
import { readRef } from "../../src/plumbing/read-ref.ts";
import { uploadObject } from "../../src/plumbing/upload-object.ts";
import { writeManifest } from "../../src/plumbing/write-manifest.ts";
import type { Manifest } from "../../src/protocol/manifest.ts";
import { DirectoryStore } from "../../src/store/directory-store.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import type { ObjectStore } from "../../src/store/object-store.ts";
import { Device } from "../helpers/device.ts";
import { codeOf, contentsOf, newTableId, REPO } from "../helpers/sync-fixtures.ts";

const dirs: string[] = [];
afterAll(() => Promise.all(dirs.map((dir) => rm(dir, { recursive: true }))));
async function newHome(): Promise<DirectoryStore> {
  const dir = await mkdtemp(join(tmpdir(), "repobase-script-"));
  dirs.push(dir);
  return new DirectoryStore(dir);
}

async function current(store: ObjectStore): Promise<Manifest | undefined> {
  const ref = await readRef({ from: store, repo: REPO });
  return ref && catManifest({ from: store, repo: REPO, sha256: ref.ref.manifest });
}

const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error("it is not there");
  return value;
};

/** The three lines of docs/PLUMBING.md, with the text in between. */
async function pushScript(local: ObjectStore, remote: ObjectStore, expected?: string): Promise<void> {
  const text = formatDiff(diffManifest({ repo: REPO, ours: await current(local), theirs: await current(remote) }), {
    nul: true,
  });
  for (const object of parseObjectLines(text, { nul: true, flag: "+", repo: REPO }))
    await uploadObject({ from: local, to: remote, object });
  await writeManifest({ to: remote, repo: REPO, manifest: must(await current(local)) });
  await forwardRef({
    from: local,
    to: remote,
    repo: REPO,
    direction: "push",
    ...(expected === undefined ? {} : { expect: expected }),
    spaceId: async () => undefined,
    device: "script",
    now: 0,
  });
}

async function pullScript(local: ObjectStore, remote: ObjectStore): Promise<void> {
  const text = formatDiff(diffManifest({ repo: REPO, ours: await current(local), theirs: await current(remote) }), {
    nul: false,
  });
  for (const object of parseObjectLines(text, { nul: false, flag: "-", repo: REPO }))
    await downloadObject({ from: remote, to: local, object });
  const manifest = must(await current(remote));
  await writeManifest({ to: local, repo: REPO, manifest });
  await setVersionOf(manifest, local);
  await forwardRef({
    from: remote,
    to: local,
    repo: REPO,
    direction: "pull",
    spaceId: async () => undefined,
    device: "script",
    now: 0,
  });
}

async function withoutTimes(store: ObjectStore): Promise<unknown> {
  const { [`refs/${REPO}.json`]: _, ...rest } = await contentsOf(store);
  const { heads, manifest, default: branch, generation, source } = must(await readRef({ from: store, repo: REPO })).ref;
  return { rest, ref: { heads, manifest, branch, generation, source } };
}

test("push", async () => {
  const [byPush, byScript] = [new MemoryStore(), new MemoryStore()];
  const home = await newHome();
  const device = new Device("a", home, byPush);
  const tableId = newTableId();
  for (const more of [{}, { sizes: [10] }, { branch: "topic", sizes: [20] }]) {
    await device.index(tableId, more);
    await device.push();
    await pushScript(home, byScript);
    expect(await withoutTimes(byScript)).toEqual(await withoutTimes(byPush));
  }
  // another table over it
  await device.index(newTableId(), { model: "other-model" });
  await device.push({ force: { branch: "main" } });
  const before = await contentsOf(byScript, "refs/");
  expect(await codeOf(pushScript(home, byScript))).toBe("remote_moved");
  expect(await contentsOf(byScript, "refs/")).toEqual(before);
  await pushScript(home, byScript, must(await readRef({ from: byScript, repo: REPO })).ref.manifest);
  expect(await withoutTimes(byScript)).toEqual(await withoutTimes(byPush));
});

test("pull", async () => {
  const remote = new MemoryStore();
  const source = new Device("a", await newHome(), remote);
  const [byPull, byScript] = [await newHome(), await newHome()];
  const puller = new Device("b", byPull, remote);
  const tableId = newTableId();
  for (const more of [{}, { sizes: [10] }]) {
    await source.index(tableId, more);
    await source.push();
    await puller.pull();
    await pullScript(byScript, remote);
    expect(await withoutTimes(byScript)).toEqual(await withoutTimes(byPull));
  }
});

test("S4: update-ref with an expectation: holds, or exit 11; nothing to say is nothing written", async () => {
  const remote = new MemoryStore();
  const device = new Device("a", await newHome(), remote);
  const { manifest } = await device.index(newTableId());
  await device.push();
  const move = (expected: string | null) =>
    forwardRef({
      from: device.store,
      to: remote,
      repo: REPO,
      direction: "push",
      expect: expected,
      spaceId: async () => undefined,
      device: "x",
      now: 0,
    });
  expect(await codeOf(move(null))).toBe("remote_moved");
  expect(await codeOf(move("0".repeat(64)))).toBe("remote_moved");
  expect(await move(manifest)).toMatchObject({ moved: false, ref: { generation: 1, device: "a" } });
});
