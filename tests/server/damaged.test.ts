/** One damaged repository: the others are searched, the answer is partial and names it; it can be removed, and then all is well. */
import { beforeAll, expect, test } from "bun:test";
import { manifestKey, refKey, snapshotKey } from "../../src/protocol/keys.ts";
import type { SearchResponse } from "../../src/protocol/search-api.ts";
import type { Bucket } from "../../src/server/bucket.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import { outcome } from "./api-client.ts";
import { appWithIndexes, copyHome } from "./app-with-indexes.ts";
import { makeRealIndex } from "./real-index.ts";
import type { RealIndex } from "./real-index.ts";

const FILES = [{ path: "open.ts", language: "typescript", contents: "export function openTheDoor() {}\n" }];

const indexes = new Map<string, RealIndex>();
beforeAll(async () => {
  for (const repo of ["alpha", "bad", "zeta"]) indexes.set(repo, await makeRealIndex({ repo, commits: [FILES] }));
});

async function serverWith(repos: Iterable<readonly [string, RealIndex]>) {
  const app = await appWithIndexes(new MemoryStore(), repos);
  const find = async () => (await (await app.ask("/v1/search?q=open+door&mode=keyword")).json()) as SearchResponse;
  return { ...app, find };
}

const half = async (home: Bucket, key: string) => {
  const stored = await home.get(key);
  if (!stored) throw new Error(`${key} is not there`);
  await home.put(key, stored.bytes.slice(0, stored.bytes.length >> 1));
};
const bad = () => indexes.get("bad") as RealIndex;
const dataFile = () => [...bad().objects.keys()].find((path) => path.includes("/data/")) ?? "";
const garbage = new TextEncoder().encode("{");

const DAMAGES: readonly (readonly [string, (home: Bucket) => Promise<unknown>, string])[] = [
  ["its ref is no JSON", (home) => home.put(refKey("bad"), garbage), "corrupt_index"],
  [
    "its ref is of a newer format",
    (home) => home.put(refKey("bad"), new TextEncoder().encode('{"format":99}')),
    "unsupported_format",
  ],
  ["its manifest is gone", (home) => home.delete(manifestKey("bad", bad().manifestSha256)), "corrupt_index"],
  ["its manifest is cut", (home) => half(home, manifestKey("bad", bad().manifestSha256)), "corrupt_index"],
  [
    "its snapshot is gone",
    (home) => home.delete(snapshotKey("bad", bad().manifest.tableId, bad().snapshots[0]?.sha256 ?? "")),
    "corrupt_index",
  ],
  ["its data file is cut", (home) => half(home, `index/bad/${dataFile()}`), "corrupt_index"],
  ["its data file is gone", (home) => home.delete(`index/bad/${dataFile()}`), "corrupt_index"],
];

test.each(DAMAGES)("%s", async (_, damage, code) => {
  const { home, failures, ask, find } = await serverWith(indexes);
  const repos = ({ results }: SearchResponse) => results.map(({ repoId }) => repoId).toSorted();
  const whole = await find();
  expect([repos(whole), whole.partial, whole.errors]).toEqual([["alpha", "bad", "zeta"], undefined, undefined]);
  await damage(home);
  // what is remembered of a whole index may still answer for it: another process
  const afresh = await restarted(home);
  const found = await afresh.find();
  expect(repos(found)).toEqual(["alpha", "zeta"]);
  expect(found).toMatchObject({ partial: true, errors: [{ repoId: "bad", code }] });
  expect(found.warnings.length).toBe(1);
  expect(afresh.failures).toEqual([expect.objectContaining({ code })]);
  expect(failures).toEqual([]);
  const named = await outcome(afresh.ask("/v1/search?q=open+door&repo=bad&mode=keyword"));
  expect(named).toBe(code === "corrupt_index" ? "500 corrupt_index" : "501 unsupported_format");
  expect(await outcome(afresh.ask("/v1/repos/bad", "DELETE"))).toBe("200");
  const left = await afresh.find();
  expect([repos(left), left.partial]).toEqual([["alpha", "zeta"], undefined]);
  expect(await outcome(ask("/healthz"))).toBe("200");
});

async function restarted(home: Bucket) {
  const fresh = await serverWith([]);
  await copyHome(home, fresh.home);
  return fresh;
}

test("when all are damaged, the answer is the error", async () => {
  const { home, ask } = await serverWith(indexes);
  for (const repo of indexes.keys()) await home.put(refKey(repo), garbage);
  expect(await outcome(ask("/v1/search?q=open+door&mode=keyword"))).toBe("500 corrupt_index");
});
