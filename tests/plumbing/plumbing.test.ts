/** Each step by itself. */
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catManifest } from "../../src/plumbing/cat-manifest.ts";
import { compareManifests, losesNothing } from "../../src/plumbing/compare-manifests.ts";
import { diffManifest } from "../../src/plumbing/diff-manifest.ts";
import { forEachParallel } from "../../src/plumbing/for-each-parallel.ts";
import { indexObjectsOf } from "../../src/plumbing/index-object.ts";
import { formatDiff, parseObjectLines } from "../../src/plumbing/object-lines.ts";
import { hashFile } from "../../src/plumbing/hash-file.ts";
import { lsRemote } from "../../src/plumbing/ls-remote.ts";
import { mergeRef } from "../../src/plumbing/merge-ref.ts";
import { readRef } from "../../src/plumbing/read-ref.ts";
import { uploadObject } from "../../src/plumbing/upload-object.ts";
import { verifyManifest } from "../../src/plumbing/verify-manifest.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { manifestKey, objectKey, refKey } from "../../src/protocol/keys.ts";
import type { Manifest } from "../../src/protocol/manifest.ts";
import { encodeRef, type Ref } from "../../src/protocol/ref.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import { withStats } from "../../src/store/with-stats.ts";
import { codeOf, indexSomething, newTableId, randomBytes, REPO } from "../helpers/sync-fixtures.ts";

let store: MemoryStore;
let tableId: string;
beforeEach(() => {
  store = new MemoryStore();
  tableId = newTableId();
});

const dir = await mkdtemp(join(tmpdir(), "repobase-plumbing-"));
afterAll(() => rm(dir, { recursive: true }));

async function current(): Promise<Manifest> {
  const ref = await readRef({ from: store, repo: REPO });
  const manifest = ref && (await catManifest({ from: store, repo: REPO, sha256: ref.ref.manifest }));
  if (!manifest) throw new Error("no manifest");
  return manifest;
}

const index = (more: object = {}) => indexSomething({ store, tableId, device: "a", ...more });

describe("hash-file", () => {
  test("hashes what is larger than one read, and what is empty", async () => {
    for (const bytes of [randomBytes(3 * 1024 * 1024 + 7), new Uint8Array()]) {
      const path = join(dir, "f");
      await writeFile(path, bytes);
      expect(await hashFile(path)).toEqual({ sha256: await sha256Hex(bytes), size: bytes.length });
    }
  });

  test("says when there is no such file", async () => {
    expect(await codeOf(hashFile(join(dir, "none")))).toBe("not_found");
    expect(await codeOf(hashFile(dir))).toBe("not_found");
  });
});

describe("diff-manifest", () => {
  test("objects largest first, then snapshots; equal manifests differ in nothing", async () => {
    await index({ sizes: [5, 500, 50] });
    const manifest = await current();
    const { missing, extra, same } = diffManifest({ repo: REPO, ours: manifest, theirs: undefined });
    expect(missing.map((f) => f.size)).toEqual([500, 50, 5, undefined]);
    expect({ extra, same }).toEqual({ extra: [], same: false });
    expect(diffManifest({ repo: REPO, ours: manifest, theirs: manifest })).toEqual({
      missing: [],
      extra: [],
      same: true,
    });
    expect(diffManifest({ repo: REPO, theirs: manifest }).extra).toEqual(missing);
  });

  test("one name with other bytes is both missing and extra", async () => {
    await index({ sizes: [5] });
    const ours = await current();
    const theirs = { ...ours, objects: ours.objects.map((o) => ({ ...o, sha256: "0".repeat(64) })) };
    const diff = diffManifest({ repo: REPO, ours, theirs });
    expect([diff.missing.length, diff.extra.length, diff.same]).toEqual([1, 1, false]);
  });
});

describe("object lines", () => {
  test.each([true, false])("text and back, -z %p", async (nul) => {
    await index();
    const manifest = await current();
    const text = formatDiff(diffManifest({ repo: REPO, ours: manifest }), { nul });
    const end = nul ? "\0" : "\n";
    expect(text.endsWith(end)).toBe(true);
    const first = manifest.objects.toSorted((a, b) => b.size - a.size)[0];
    expect(text.split(end)[0]).toBe(`+\t${first?.sha256}\t${first?.size}\t${objectKey(REPO, first?.path ?? "")}`);
    expect(parseObjectLines(text, { nul, flag: "+", repo: REPO })).toEqual([
      ...diffManifest({ repo: REPO, ours: manifest }).missing,
    ]);
    expect(parseObjectLines(text, { nul, flag: "-", repo: REPO })).toEqual([]);
    // more fields may come one day
    expect(parseObjectLines(text.replaceAll(end, `\tnew${end}`), { nul, flag: "+", repo: REPO })).toHaveLength(4);
  });

  test.each([
    "x",
    `+\t${"0".repeat(64)}\t1`,
    `*\t${"0".repeat(64)}\t1\tindex/${REPO}/files.lance/data/x.lance`,
    `+\t${"0".repeat(63)}\t1\tindex/${REPO}/files.lance/data/x.lance`,
    `+\t${"0".repeat(64)}\t-1\tindex/${REPO}/files.lance/data/x.lance`,
    `+\t${"0".repeat(64)}\t1\tindex/other/files.lance/data/x.lance`,
    `+\t${"0".repeat(64)}\t1\trefs/${REPO}.json`,
  ])("refuses %j", async (line) => {
    expect(await codeOf((async () => parseObjectLines(line, { nul: false, flag: "+", repo: REPO }))())).toBe("usage");
  });
});

describe("compare-manifests", () => {
  test("same, ahead, behind, diverged, unrelated", async () => {
    await index();
    const base = await current();
    await index();
    const more = await current();
    const object = { path: "files.lance/data/other.lance", size: 1, sha256: "0".repeat(64) };
    const other: Manifest = { ...base, objects: [...base.objects, object] };
    expect(compareManifests(base, base)).toBe("same");
    expect(compareManifests(more, base)).toBe("ahead");
    expect(compareManifests(base, more)).toBe("behind");
    expect(compareManifests(more, other)).toBe("diverged");
    expect(compareManifests(base, { ...base, snapshots: {} })).toBe("ahead");
    for (const foreign of [{ tableId: newTableId() }, { chunker: "other" }, { model: { id: "other", dim: 8 } }])
      expect(compareManifests(base, { ...base, ...foreign })).toBe("unrelated");
    // the text index is made of rows, it is not rows
    const rebuilt = { ...base, objects: [...base.objects, { ...object, path: "files.lance/_indices/1/x.lance" }] };
    expect(compareManifests(base, rebuilt)).toBe("same");
    // packs are, too; but an index without them, of an older program, is older news
    const packed: Manifest = { ...base, segments: [] };
    expect(compareManifests(packed, packed)).toBe("same");
    expect(compareManifests(packed, base)).toBe("ahead");
    expect(compareManifests(base, packed)).toBe("behind");
    expect(compareManifests(base, packed, { fromTheirs: true })).toBe("behind");
  });

  test("merged: snapshots say what a side has, data files which was made from which", async () => {
    await index();
    const before = await current();
    const merged: Manifest = {
      ...before,
      objects: [{ path: "files.lance/data/merged.lance", size: 1, sha256: "0".repeat(64) }],
    };
    const more = { ...merged, snapshots: { ...merged.snapshots, ["c".repeat(40)]: "1".repeat(64) } };
    // by whom is known only where the other is what both last agreed on
    expect(compareManifests(merged, before)).toBe("behind");
    expect(compareManifests(merged, before, { fromTheirs: true })).toBe("ahead");
    expect(compareManifests(before, merged)).toBe("behind");
    expect(compareManifests(more, before)).toBe("diverged");
    expect(compareManifests(more, before, { fromTheirs: true })).toBe("ahead");
    expect(compareManifests(before, more)).toBe("behind");
    expect(losesNothing(more, before)).toBe(true);
    expect(losesNothing(before, more)).toBe(false);
    expect(losesNothing(merged, { ...before, purges: { ".env": 1 } })).toBe(false);
    expect(losesNothing(merged, { ...before, tableId: newTableId() })).toBe(false);
  });
});

describe("index objects", () => {
  test("segments are the manifest's data files, each once", async () => {
    await index();
    const manifest = await current();
    const files = manifest.objects.map(({ path }) => path.slice("files.lance/".length));
    const [first = "", ...others] = files;
    const objectsOf = async (segments: readonly (readonly string[])[]) =>
      indexObjectsOf({ ...manifest, segments: segments.map((of) => ({ files: of, rows: 1 })) }, REPO);
    expect((await objectsOf([others, [first]])).length).toBe(files.length + 1);
    for (const wrong of [[], [others], [files, [first]], [[...files, "data/other.lance"]]])
      expect(await codeOf(objectsOf(wrong))).toBe("corrupt_index");
  });
});

describe("merge-ref", () => {
  const source = { name: "n", url: null };
  const ref = (heads: Record<string, string>, branch = "main"): Ref => ({
    format: 1, manifest: "", default: branch, heads, generation: 1, device: "", pushedAt: "", source,
  }); // prettier-ignore
  const manifest = { snapshots: { c1: "", c2: "", c3: "" } } as unknown as Manifest;
  const merged = (local: Ref, remote: Ref | undefined, base: Ref | undefined, prefer: "local" | "remote" = "local") =>
    mergeRef({ local, remote, remoteManifest: undefined, base, manifest, prefer });

  test.each([
    ["ours moved", "c2", "c1", "c1", "c2"],
    ["theirs moved", "c1", "c2", "c1", "c2"],
    ["both moved, ours counts", "c2", "c3", "c1", "c2"],
    ["no common past, ours counts", "c2", "c3", undefined, "c2"],
    ["only we have it", "c2", undefined, undefined, "c2"],
    ["only they have it", undefined, "c2", undefined, "c2"],
    ["we dropped it, and it is kept", undefined, "c2", "c2", "c2"],
    ["ours cannot be served", "gone", "c2", "c1", "c2"],
    ["neither can be served", "gone", "lost", "c1", undefined],
  ])("%s", (_, ours, theirs, before, expected) => {
    const heads = (commit: string | undefined) => ref(commit === undefined ? {} : { main: commit });
    expect(merged(heads(ours), heads(theirs), before === undefined ? undefined : heads(before)).heads.main).toBe(
      expected as string,
    );
  });

  test.each<[string, Record<string, string>, Record<string, string>, string | undefined, string | undefined]>([
    ["dropped here", {}, { main: "c1" }, "c1", undefined],
    ["dropped there", { main: "c1" }, {}, "c1", undefined],
    ["dropped here, moved there", {}, { main: "c2" }, "c1", "c2"],
    ["dropped there, moved here", { main: "c2" }, {}, "c1", "c2"],
    ["new here", { main: "c1" }, {}, undefined, "c1"],
    ["new there", {}, { main: "c1" }, undefined, "c1"],
  ])("a branch one side lacks and both had is dropped: %s", (_, ours, theirs, before, expected) => {
    const base = before === undefined ? undefined : ref({ main: before });
    const sides = { local: ref(ours), remote: ref(theirs), base };
    const empty = { snapshots: {} } as unknown as Manifest;
    const prefer = "local" as const;
    const known = { ...sides, localManifest: manifest, remoteManifest: manifest, manifest, prefer };
    expect(mergeRef(known).heads.main).toBe(expected as string);
    // a table that was made anew says nothing of names
    const anew = { ...sides, localManifest: empty, remoteManifest: empty, manifest, prefer };
    expect(mergeRef(anew).heads.main).toBeDefined();
    if (expected === undefined && ours.main !== undefined)
      expect(mergeRef({ ...known, decided: new Map([["main", "local"]]) }).heads.main).toBe("c1");
  });

  test("both moved, and theirs is preferred", () => {
    expect(merged(ref({ main: "c2" }), ref({ main: "c3" }), ref({ main: "c1" }), "remote").heads.main).toBe("c3");
  });

  test.each([undefined, "c1", "c2", "c3"])(
    "what the remote's manifest has already never moves its head, with the base at %s; unless it is decided",
    (before) => {
      const known = { local: ref({ main: "c1" }), remote: ref({ main: "c2" }), remoteManifest: manifest, manifest };
      const base = before === undefined ? undefined : ref({ main: before });
      for (const prefer of ["local", "remote"] as const) {
        expect(mergeRef({ ...known, base, prefer }).heads.main).toBe("c2");
        const decided = new Map([["main", "local"] as const]);
        expect(mergeRef({ ...known, base, prefer, decided }).heads.main).toBe("c1");
      }
    },
  );

  test("which folder it is of stays, though an older program left it out", () => {
    const told = { name: "app/src", url: "https://example.org/app" };
    const ours = { ...ref({ main: "c1" }), source: { ...told, only: "src" } };
    const theirs = { ...ref({ main: "c2" }), source: told };
    expect(merged(ours, theirs, ours).source).toEqual(ours.source);
    expect(merged(theirs, ours, ours).source).toEqual(ours.source);
    expect(merged(theirs, theirs, theirs).source).toEqual(told);
  });

  test("the default branch is one that has a head", () => {
    expect(merged(ref({ main: "c1" }), undefined, undefined).default).toBe("main");
    expect(merged(ref({ main: "c1" }), ref({ dev: "c2" }, "dev"), ref({ dev: "c2" }, "main")).default).toBe("dev");
    expect(merged(ref({ main: "gone", topic: "c1" }), undefined, undefined).default).toBe("topic");
  });
});

describe("upload-fragment", () => {
  test("with a probe no body is sent that is there; other bytes there are an error, with or without", async () => {
    const { objects } = await index({ sizes: [1000] });
    const object = { key: objectKey(REPO, objects[0]?.path ?? ""), sha256: objects[0]?.sha256 ?? "", size: 1000 };
    const remote = withStats(new MemoryStore());
    expect(await uploadObject({ from: store, to: remote, object })).toEqual({ sent: true, bytes: 1000 });
    expect(await uploadObject({ from: store, to: remote, object })).toEqual({ sent: false, bytes: 0 });
    const before = remote.counts().bytesSent;
    expect(await uploadObject({ from: store, to: remote, object, probe: true })).toEqual({ sent: false, bytes: 0 });
    expect(remote.counts().bytesSent).toBe(before);
    await remote.put(object.key, randomBytes(1000));
    for (const probe of [true, false])
      expect(await codeOf(uploadObject({ from: store, to: remote, object, probe }))).toBe("hash_mismatch");
  });
});

describe("ls-remote", () => {
  test("one row a branch, the default marked", async () => {
    const main = await index();
    const topic = await index({ branch: "a/topic" });
    const rows = await lsRemote({ from: store, repos: [REPO] });
    const common = { repo: REPO, manifest: topic.manifest, generation: 2 };
    expect(rows).toEqual([
      { ...common, branch: "a/topic", commit: topic.commit, isDefault: false },
      { ...common, branch: "main", commit: main.commit, isDefault: true },
    ]);
    expect(await codeOf(lsRemote({ from: store, repos: [REPO, "none"] }))).toBe("repo_not_found");
  });
});

describe("verify-manifest", () => {
  const verify = (readData = false) => verifyManifest({ store, repo: REPO, readData });

  test("S4: finds everything that is wrong, not only the first thing", async () => {
    const { objects } = await index({ sizes: [10, 20, 30] });
    const { commit } = await index({ sizes: [40] });
    const [gone, short, flipped] = objects.map((o) => objectKey(REPO, o.path));
    expect(await verify(true)).toMatchObject({ checked: 7, problems: [] });
    await store.delete(gone ?? "");
    await store.put(short ?? "", randomBytes(5));
    await store.put(flipped ?? "", randomBytes(30));
    const snapshot = Object.values((await current()).snapshots)[0] ?? "";
    await store.put(`snapshots/${REPO}/${tableId}/${snapshot}.json`, randomBytes(9));
    const { problems } = await verify();
    expect(new Set(problems.map((p) => p.kind))).toEqual(new Set(["missing", "size", "sha256"]));
    expect(problems).toHaveLength(4);
    const ref = await readRef({ from: store, repo: REPO });
    if (ref) await store.put(refKey(REPO), encodeRef({ ...ref.ref, heads: { main: commit, lost: "f".repeat(40) } }));
    expect((await verify()).problems.filter((p) => p.kind === "head")).toMatchObject([
      { expected: `lost ${"f".repeat(40)}` },
    ]);
  });

  test("bytes are only read when asked, where the store does not know hashes", async () => {
    const { objects } = await index({ sizes: [30] });
    const key = objectKey(REPO, objects[0]?.path ?? "");
    await store.put(key, randomBytes(30));
    const blind = Object.assign(Object.create(store) as MemoryStore, {
      get: store.get.bind(store),
      head: async (k: string) => {
        const info = await store.head(k);
        return info && { ...info, sha256: undefined };
      },
    });
    expect((await verifyManifest({ store: blind, repo: REPO })).problems).toEqual([]);
    expect((await verifyManifest({ store: blind, repo: REPO, readData: true })).problems).toMatchObject([
      { key, kind: "sha256" },
    ]);
  });

  test("a manifest that is gone or changed is the one problem", async () => {
    const { manifest } = await index();
    const key = manifestKey(REPO, manifest);
    await store.put(key, randomBytes(9));
    expect((await verify()).problems).toMatchObject([{ key, kind: "sha256" }]);
    await store.delete(key);
    expect((await verify()).problems).toMatchObject([{ key, kind: "missing" }]);
    await store.delete(refKey(REPO));
    expect(await codeOf(verify())).toBe("repo_not_found");
  });
});

describe("for-each-parallel", () => {
  test("keeps to its bounds, and an error stops what has not begun after what has", async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    const work = async (n: number) => {
      most = Math.max(most, ++running);
      await Bun.sleep(5);
      running--;
      if (n === 7) throw new Error("seven");
      done.push(n);
    };
    const items = Array.from({ length: 30 }, (_, i) => i);
    await expect(forEachParallel({ items, bytesOf: () => 1, work, atOnce: 4 })).rejects.toThrow("seven");
    expect(most).toBe(4);
    expect(running).toBe(0);
    expect(done.length).toBeLessThan(15);
  });

  test("large pieces go alone", async () => {
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      await Bun.sleep(2);
      running--;
    };
    await forEachParallel({ items: [1, 2, 3, 4], bytesOf: () => 100 * 1024 * 1024, work });
    expect(most).toBe(1);
  });
});
