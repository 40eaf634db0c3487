import { afterEach, describe, expect, test } from "bun:test";
import type { ParseJob } from "../../src/ingest/parse-files.ts";
import { openParsePool, type ParsePool } from "../../src/ingest/parse-pool.ts";
import { DEFAULT_LIMITS } from "../../src/source/select-file.ts";
import { isRepobaseError } from "../../src/protocol/errors.ts";

let pool: ParsePool | undefined;
afterEach(() => pool?.close());

const job = (name: string, text: string): ParseJob => ({
  files: [{ path: name, blob: "0".repeat(40), bytes: new TextEncoder().encode(text) }],
  limits: DEFAULT_LIMITS,
});
const failed = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (e: unknown) => e,
  );

for (const threads of [0, 2]) {
  describe(`${threads} threads`, () => {
    test("answer every job, with vectors or with what to embed", async () => {
      pool = openParsePool({ threads, embed: true, paths: ["a.ts"] });
      const results = await Promise.all(
        Array.from({ length: 9 }, (_, i) => (pool as ParsePool).run(job(`f${i}.ts`, `const n = ${i};\n`))),
      );
      expect(results.map((r) => new TextDecoder().decode(r.block.contents.bytes))).toEqual(
        results.map((_, i) => `const n = ${i};\n`),
      );
      for (const { block } of results) expect("vector" in block && block.vector.length).toBe(384);
      pool.close();
      pool = openParsePool({ threads, embed: false, paths: ["a.ts"] });
      const { block } = await pool.run(job("a.ts", "function f() {}\n"));
      expect("passages" in block && block.passages).toEqual(["a.ts f\nfunction f() {}\n"]);
    });

    test("a job that fails says why, and the next one works", async () => {
      pool = openParsePool({ threads, embed: false, paths: ["a.ts"] });
      const broken = { ...job("a.ts", "x"), limits: null } as unknown as ParseJob;
      const error = await failed(pool.run(broken));
      expect(error).toBeInstanceOf(Error);
      expect((error as Error).message).toContain("null");
      expect((await pool.run(job("b.ts", "let b;\n"))).block.rows).toBe(1);
    });
  });
}

test("closing rejects what still runs, and what comes later", async () => {
  pool = openParsePool({ threads: 1, embed: false, paths: ["a.ts"] });
  const running = [1, 2, 3].map((n) => failed((pool as ParsePool).run(job(`${n}.ts`, "let a;\n"))));
  pool.close();
  for (const error of await Promise.all(running)) expect(isRepobaseError(error, "interrupted")).toBe(true);
  expect(isRepobaseError(await failed(pool.run(job("late.ts", "let a;\n"))), "interrupted")).toBe(true);
});

test("a slice of a larger buffer keeps its neighbours", async () => {
  pool = openParsePool({ threads: 1, embed: false, paths: ["a.ts"] });
  const pack = new TextEncoder().encode("let a;\nlet b;\n");
  const sliced = {
    files: [{ path: "a.ts", blob: "0".repeat(40), bytes: pack.subarray(0, 7) }],
    limits: DEFAULT_LIMITS,
  };
  const { block } = await pool.run(sliced);
  expect(new TextDecoder().decode(block.contents.bytes)).toBe("let a;\n");
  expect(new TextDecoder().decode(pack)).toBe("let a;\nlet b;\n");
});

test("bytes that the reader keeps, and gives out again, may be in several jobs", async () => {
  // git's object cache does: handing its buffers over to a thread emptied them, and the next job with one hung
  const bytes = new TextEncoder().encode("export const shared = 1;\n");
  pool = openParsePool({ threads: 2, embed: false, paths: ["a.ts"] });
  const files = (path: string) => ({ files: [{ path, blob: "0".repeat(40), bytes }], limits: DEFAULT_LIMITS });
  const results = await Promise.all(
    ["a.ts", "b.ts", "c.ts", "d.ts"].map((path) => (pool as ParsePool).run(files(path))),
  );
  expect(results.map(({ block }) => block.rows)).toEqual([1, 1, 1, 1]);
  expect(bytes.length).toBe(25);
});
