import { describe, expect, test } from "bun:test";
import {
  isCommit,
  isGitId,
  isSha256,
  isTableName,
  SHARED_TABLE,
  WORKTREE,
  WORKTREE_TABLE,
} from "../../src/protocol/ids.ts";
import {
  lanceVersionFile,
  lanceVersionOf,
  objectKey,
  parseKey,
  pushMarkerKey,
  refKey,
  repoOfRefKey,
  snapshotKey,
  worktreeKey,
} from "../../src/protocol/keys.ts";

const sha1 = "0123456789abcdef0123456789abcdef01234567";
const sha256 = sha1 + "0123456789abcdef01234567";

describe("the names of things", () => {
  test("a hash is all of the text, in small letters", () => {
    expect([sha1, sha256].map(isGitId)).toEqual([true, false]);
    expect([sha1, sha256].map(isCommit)).toEqual([true, true]);
    expect([sha256, sha1, undefined].map(isSha256)).toEqual([true, false, false]);
    for (const odd of [`${sha256}\n`, ` ${sha256}`, sha256.toUpperCase(), sha256.slice(1), ""])
      expect([isGitId(odd), isCommit(odd), isSha256(odd)]).toEqual([false, false, false]);
    expect(isCommit(WORKTREE)).toBe(false);
  });

  test("a table's name is one folder that ends in .lance", () => {
    for (const name of [SHARED_TABLE, WORKTREE_TABLE]) expect(isTableName(name)).toBe(true);
    for (const name of ["a/b.lance", "..lance", "files", "Files.lance", ".lance"])
      expect(isTableName(name)).toBe(false);
  });

  test("keys are read back", () => {
    expect(repoOfRefKey(refKey("hono-1a2b3c4d"))).toBe("hono-1a2b3c4d");
    expect(lanceVersionOf(lanceVersionFile(7).slice("_versions/".length))).toBe(7);
    expect(parseKey(snapshotKey("demo", "0".repeat(32), sha256))).toEqual({
      kind: "snapshot",
      names: ["demo", "0".repeat(32), sha256],
    });
    expect(parseKey(objectKey("demo", "files.lance/data/x.json"))).toEqual({
      kind: "object",
      names: ["demo", "files.lance", "data", "x.json"],
    });
    expect([worktreeKey("demo"), pushMarkerKey("demo"), "refs/a/b.json", "manifests/demo.json"].map(parseKey)).toEqual(
      Array(4).fill(undefined),
    );
    expect(lanceVersionOf("latest_version_hint.json")).toBeUndefined();
  });
});
