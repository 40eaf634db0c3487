/** Small synthetic indexes for sync tests: random objects under real manifests, snapshots and refs. */
import { canonicalJson } from "../../src/protocol/canonical-json.ts";
import { isRepobaseError } from "../../src/protocol/errors.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { manifestKey, objectKey, refKey } from "../../src/protocol/keys.ts";
import type { Manifest, ManifestObject } from "../../src/protocol/manifest.ts";
import { encodeRef, REF_FORMAT, type Ref } from "../../src/protocol/ref.ts";
import { makeSnapshot } from "../../src/protocol/snapshot.ts";
import { updateLocalRef } from "../../src/plumbing/local-ref.ts";
import { writeManifest } from "../../src/plumbing/write-manifest.ts";
import { writeSnapshot } from "../../src/plumbing/write-snapshot.ts";
import { readRef } from "../../src/plumbing/read-ref.ts";
import { catManifest } from "../../src/plumbing/cat-manifest.ts";
import type { ObjectStore } from "../../src/store/object-store.ts";

export const REPO = "demo-0123abcd";

export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, Math.min(length, at + 65_536)));
  return bytes;
}

export const randomHex = (digits: number): string =>
  randomBytes(Math.ceil(digits / 2))
    .toHex()
    .slice(0, digits);
export const newTableId = (): string => randomHex(32);
export const newCommit = (): string => randomHex(40);

/** The code of what a promise failed with. @throws when it did not fail, or with something that is not ours */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (isRepobaseError(error)) return error.code;
    throw error;
  }
  return "no error";
}

/** What an index run leaves: new objects on top of what the ref has (same table), a snapshot, a manifest, a moved ref. */
export async function indexSomething(of: {
  readonly store: ObjectStore;
  readonly repo?: string;
  /** Starts a new table unless it is the one that is there. */
  readonly tableId: string;
  readonly device: string;
  readonly branch?: string;
  readonly commit?: string;
  readonly model?: string;
  /** Bytes of each new object. */
  readonly sizes?: readonly number[];
}): Promise<{ commit: string; manifest: string; objects: readonly ManifestObject[] }> {
  const {
    store,
    tableId,
    repo = REPO,
    model = "test-model",
    branch = "main",
    commit = newCommit(),
    sizes = [300, 4000, 20_000],
  } = of;
  const before = await readRef({ from: store, repo });
  const old = before && (await catManifest({ from: store, repo, sha256: before.ref.manifest }));
  const base = old?.tableId === tableId ? old : undefined;
  const added: ManifestObject[] = [];
  for (const size of sizes) {
    const bytes = randomBytes(size);
    const sha256 = await sha256Hex(bytes);
    const path = `files.lance/data/${randomHex(46)}.lance`;
    await store.put(objectKey(repo, path), bytes, { sha256 });
    added.push({ path, size, sha256 });
  }
  const snapshot = makeSnapshot({ repo, tableId, commit, fileIds: [0, 1, 2] });
  const objects = [...(base?.objects ?? []), ...added].sort((a, b) => (a.path < b.path ? -1 : 1));
  const version = (base?.table.version ?? 0) + 1;
  const document: Manifest = {
    format: 1,
    repo,
    tableId,
    model: { id: model, dim: 8 },
    chunker: "test-1",
    table: { name: "files.lance", version, manifest: randomBytes(200).toBase64() },
    stats: { files: 3, rows: 3 * version, bytes: objects.reduce((sum, o) => sum + o.size, 0) },
    snapshots: { ...base?.snapshots, [commit]: await writeSnapshot({ to: store, snapshot }) },
    objects,
  };
  const manifest = await writeManifest({ to: store, repo, manifest: document });
  const ref: Ref = {
    format: REF_FORMAT,
    manifest,
    default: before?.ref.default ?? branch,
    heads: { ...(base && before?.ref.heads), [branch]: commit },
    generation: (before?.ref.generation ?? 0) + 1,
    device: of.device,
    pushedAt: "2026-01-01T00:00:00.000Z",
    source: { name: repo, url: "https://example.com/demo" },
  };
  await updateLocalRef({ to: store, repo, ref, expected: before });
  return { commit, manifest, objects: added };
}

/** Everything below a prefix, as key -> sha256. */
export async function contentsOf(store: ObjectStore, prefix = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { key } of store.list(prefix)) {
    const object = await store.get(key);
    if (object !== undefined) found[key] = await sha256Hex(object.bytes);
  }
  return found;
}

/** Replaces the manifest the ref names by one with some fields changed. */
export async function forgeManifest(store: ObjectStore, wrong: object, original?: Uint8Array): Promise<void> {
  const stored = await readRef({ from: store, repo: REPO });
  if (stored === undefined) throw new Error("no ref");
  const bytes = original ?? (await store.get(manifestKey(REPO, stored.ref.manifest)))?.bytes;
  const document = { ...(JSON.parse(new TextDecoder().decode(bytes)) as object), ...wrong };
  const forged = new TextEncoder().encode(canonicalJson(document));
  const manifest = await sha256Hex(forged);
  await store.put(manifestKey(REPO, manifest), forged);
  await store.put(refKey(REPO), encodeRef({ ...stored.ref, manifest }));
}
