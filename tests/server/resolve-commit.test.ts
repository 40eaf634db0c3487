import { describe, expect, test } from "bun:test";
import type { RepobaseError } from "../../src/protocol/errors.ts";
import type { Manifest } from "../../src/protocol/manifest.ts";
import type { Ref } from "../../src/protocol/ref.ts";
import { resolveCommit } from "../../src/protocol/resolve-commit.ts";

const A = "aaaa1111".padEnd(40, "0");
const B = "aaaa2222".padEnd(40, "0");
const C = "cccc3333".padEnd(40, "0");

const manifest = { repo: "demo", snapshots: { [A]: "x", [B]: "y", [C]: "z" } } as unknown as Manifest;
const ref = { default: "main", heads: { main: A, "feature/x": B, cccc: A, gone: "d".repeat(40) } } as unknown as Ref;
const resolve = (name: string | null) => resolveCommit(ref, manifest, name);

function failure(name: string | null, of = ref): RepobaseError {
  try {
    resolveCommit(of, manifest, name);
  } catch (error) {
    return error as RepobaseError;
  }
  throw new Error("it resolved");
}

describe("resolveCommit", () => {
  test("nothing named: the default branch", () => expect(resolve(null)).toEqual({ commit: A, branch: "main" }));
  test("a branch", () => expect(resolve("feature/x")).toEqual({ commit: B, branch: "feature/x" }));
  test("a branch wins over a commit prefix", () => expect(resolve("cccc")).toEqual({ commit: A, branch: "cccc" }));
  test("a whole commit, in any case", () => expect(resolve(B.toUpperCase())).toEqual({ commit: B, branch: null }));
  test("a unique prefix", () => expect(resolve("aaaa2")).toEqual({ commit: B, branch: null }));

  test("a prefix of two is refused and names both", () => {
    const { code, fields } = failure("aaaa");
    expect([code, fields["candidates"]]).toEqual(["ref_not_found", [A, B]]);
  });

  test.each(["ccc", "zzzz", "eeee", "worktree", "", "constructor", "__proto__"])(
    "%p is not found, and the branches are named",
    (name) => {
      const { code, fields } = failure(name);
      expect([code, fields["branches"]]).toEqual(["ref_not_found", ["cccc", "feature/x", "gone", "main"]]);
    },
  );

  test("a head without a snapshot is not found", () => expect(failure("gone").message).toContain("no snapshot"));
  test("a default branch without a head is not found", () =>
    expect(failure(null, { ...ref, default: "nope" }).code).toBe("ref_not_found"));
});
