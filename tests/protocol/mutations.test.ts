/**
 * Records from outside, damaged in every way a machine can think of: a decoder says so with our error and the right code, or
 * takes them; it never fails in another way. Fields it does not know are kept, in place.
 */
import { describe, expect, test } from "bun:test";
import { parseCloudConfig, parseConfig } from "../../src/home/config.ts";
import { decodeWorktreeRef } from "../../src/porcelain/folder/worktree-ref.ts";
import { canonicalJson } from "../../src/protocol/canonical-json.ts";
import { REMOTE_REPOS, WHO_AM_I } from "../../src/protocol/cloud-api.ts";
import { decodeDocument } from "../../src/protocol/decode.ts";
import { type ErrorCode, RepobaseError } from "../../src/protocol/errors.ts";
import { decodeManifest, MANIFEST_FORMAT } from "../../src/protocol/manifest.ts";
import { decodeRef } from "../../src/protocol/ref.ts";
import { SEARCH_RESPONSE } from "../../src/protocol/search-api.ts";
import { decodeSnapshot, makeSnapshot, visibleFileIds } from "../../src/protocol/snapshot.ts";
import { decodeKeyRecord } from "../../src/server/key-store.ts";

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
interface Case {
  readonly decode: (bytes: Uint8Array) => unknown;
  readonly value: Json;
  readonly code: ErrorCode;
}

const sha256 = "d".repeat(64);
const commit = "a".repeat(40);
const tableId = "0".repeat(32);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytesOf = (value: Json) => new TextEncoder().encode(JSON.stringify(value));

const ref = {
  format: 1,
  manifest: sha256,
  default: "main",
  heads: { main: commit, constructor: commit },
  generation: 1,
  device: "here",
  pushedAt: "2026-01-01T00:00:00.000Z",
  source: { name: "hono", url: null },
};
const hit = { startLine: 1, endLine: 2, symbol: null, score: 0.5 };

const CASES: Readonly<Record<string, Case>> = {
  ref: { decode: (bytes) => decodeRef(bytes, "refs/x.json"), value: ref, code: "corrupt_index" },
  manifest: {
    decode: (bytes) => decodeManifest(bytes),
    value: {
      format: 1,
      repo: "hono-12345678",
      tableId,
      model: { id: "m", dim: 384 },
      chunker: "syntax-1",
      table: { name: "files.lance", version: 3, manifest: "AAAA" },
      stats: { files: 1, rows: 2, bytes: 3 },
      snapshots: { [commit]: sha256 },
      objects: [{ path: "files.lance/data/x.lance", size: 3, sha256 }],
    },
    code: "corrupt_index",
  },
  snapshot: {
    decode(bytes) {
      const snapshot = decodeSnapshot(bytes);
      visibleFileIds(snapshot, 1000);
      return snapshot;
    },
    value: { ...makeSnapshot({ repo: "hono-12345678", tableId, commit, fileIds: [5, 1] }) },
    code: "corrupt_index",
  },
  "worktree ref": {
    decode: (bytes) => decodeWorktreeRef(bytes, "hono-12345678"),
    value: {
      format: 1,
      overlay: { manifest: sha256, snapshot: sha256, files: 1 },
      base: { manifest: sha256, tableId, snapshot: sha256, files: 2 },
    },
    code: "corrupt_index",
  },
  "config.json": {
    decode: (bytes) => parseConfig(text(bytes), "config.json"),
    value: {
      format: 1,
      device: "d",
      repos: [
        {
          id: "hono-12345678",
          name: "hono",
          source: { kind: "folder", path: "/x", url: null },
          branch: null,
          model: "m",
          lastIndexedCommit: commit,
          cloudEnabled: true,
          lastPushedAt: null,
          lastPushedCommit: null,
        },
      ],
    },
    code: "damaged_config",
  },
  "cloud.json": {
    decode: (bytes) => parseCloudConfig(text(bytes), "cloud.json"),
    value: { userId: "u", apiKey: "k", endpoint: "https://x", enabled: true },
    code: "damaged_config",
  },
  "key record": {
    decode: (bytes) => decodeKeyRecord(bytes, "keys/x.json"),
    value: { userId: "u", scopes: ["read", "write"], label: null, created: "2026-01-01T00:00:00.000Z" },
    code: "damaged_config",
  },
  whoami: {
    decode: (bytes) => decodeDocument(WHO_AM_I, bytes),
    value: { userId: "u", plan: "p", scopes: ["read"], quotaUsed: 1, quotaLimit: null, spaceId: "0".repeat(32) },
    code: "transient",
  },
  repos: {
    decode: (bytes) => decodeDocument(REMOTE_REPOS, bytes),
    value: {
      repos: [{ id: "a", name: "a", url: null, fileCount: 1, lastSyncedAt: "t", commit, refs: { main: commit } }],
    },
    code: "transient",
  },
  search: {
    decode: (bytes) => decodeDocument(SEARCH_RESPONSE, bytes),
    value: {
      mode: "hybrid",
      results: [
        {
          ...hit,
          repoId: "r",
          path: "p",
          filename: "p",
          language: "l",
          snippet: { startLine: 1, text: "t", highlights: [[0, 1]], definition: { line: 1, text: "t" } },
          commit,
          chunks: [hit],
        },
      ],
      warnings: [],
      missingModels: ["m"],
    },
    code: "transient",
  },
};

const JUNK: readonly Json[] = [null, true, -1, 1.5, 9e15, "", "\u0000", "../..", [], [null], {}, { kind: 3 }];

/** Every value that differs from `value` in one place: something else there, or nothing. */
function* mutations(value: Json): Generator<Json> {
  yield* JUNK;
  if (Array.isArray(value))
    for (const [i, item] of value.entries()) {
      yield value.toSpliced(i, 1);
      for (const other of mutations(item)) yield value.with(i, other);
    }
  else if (typeof value === "object" && value !== null)
    for (const [name, item] of Object.entries(value)) {
      const { [name]: _gone, ...rest } = value;
      yield rest;
      for (const other of mutations(item)) yield { ...value, [name]: other };
    }
}

function outcome(decode: Case["decode"], bytes: Uint8Array): unknown {
  try {
    return decode(bytes);
  } catch (error) {
    return error;
  }
}

describe.each(Object.entries(CASES))("%s", (name, { decode, value, code }) => {
  const newest = name === "manifest" ? MANIFEST_FORMAT : 1;
  test("a record with one place damaged is taken or refused with its code", () => {
    let refused = 0;
    for (const mutation of mutations(value)) {
      const result = outcome(decode, bytesOf(mutation));
      if (!(result instanceof Error)) continue;
      refused++;
      expect(result).toBeInstanceOf(RepobaseError);
      const { format } = (mutation ?? {}) as { format?: number };
      expect(result).toMatchObject({
        code: typeof format === "number" && format > newest ? "unsupported_format" : code,
      });
    }
    expect(refused).toBeGreaterThan(20);
  });

  test("bytes cut anywhere, and bytes flipped, are no other error", () => {
    const whole = bytesOf(value);
    for (let i = 0; i < whole.length; i++) {
      const flipped = whole.with(i, (whole[i] ?? 0) ^ 0x80);
      for (const bytes of [whole.subarray(0, i), flipped]) {
        const result = outcome(decode, bytes);
        if (result instanceof Error) expect(result).toMatchObject({ name: "RepobaseError", code });
      }
      expect(outcome(decode, whole.subarray(0, i))).toBeInstanceOf(RepobaseError);
    }
  });
});

describe("fields of a newer program", () => {
  // maps of names are not objects with fields: what is added there is an entry, and a wrong one
  const maps = new Set(["heads", "snapshots", "refs"]);
  const grow = (value: Json, name = ""): Json => {
    if (Array.isArray(value)) return value.map((item) => grow(item));
    if (typeof value !== "object" || value === null || maps.has(name)) return value;
    const grown = Object.entries(value).map(([key, item]) => [key, grow(item, key)] as const);
    return { zz: { deep: [1] }, ...Object.fromEntries(grown) };
  };

  test.each(["manifest", "snapshot", "config.json"])("%s keeps them, byte for byte", (name) => {
    const { decode, value } = CASES[name] as Case;
    const newer = { ...(value as object), zz: { deep: [1] } } as Json;
    expect(JSON.stringify(decode(bytesOf(newer)))).toBe(JSON.stringify(newer));
    expect(canonicalJson(decode(bytesOf(newer)))).toBe(canonicalJson(newer));
  });

  test.each(Object.keys(CASES))("%s is read with more fields in each of its objects", (name) => {
    const { decode, value } = CASES[name] as Case;
    expect(decode(bytesOf(grow(value)))).toBeDefined();
  });
});

test("the message names the document and the field", () => {
  const bad = { ...ref, source: { name: 3, url: null } };
  expect(() => decodeRef(bytesOf(bad), "refs/x.json")).toThrow('"refs/x.json" is damaged: "source.name" must be text');
  const { device: _gone, ...less } = ref;
  expect(() => decodeRef(bytesOf(less), "refs/x.json")).toThrow('"refs/x.json" is damaged: "device" is missing');
  expect(() => decodeRef(new TextEncoder().encode("{"))).toThrow("the ref is damaged: it is not JSON");
  expect(() => decodeRef(bytesOf({ ...ref, heads: { constructor: 3 } }))).toThrow('"heads" must be an object');
});
