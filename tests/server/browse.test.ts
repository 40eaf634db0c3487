/** The routes for looking around, over an index that the program made: on workerd as deployed, and counted in this process. */
import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import { LanceTable } from "../../src/lance/table.ts";
import type {
  CommitDiff,
  CommitList,
  FileDiff,
  FileHistory,
  FileList,
  Occurrences,
  Outline,
} from "../../src/protocol/browse-api.ts";
import type { RemoteRepo } from "../../src/protocol/cloud-api.ts";
import type { SearchResponse } from "../../src/protocol/search-api.ts";
import { createApp } from "../../src/server/app.ts";
import { issueKey } from "../../src/server/key-store.ts";
import { DirectoryStore } from "../../src/store/directory-store.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import { type BrowseFixture, makeBrowseFixture } from "../helpers/browse-fixture.ts";
import { startWorker, type WorkerServer } from "../helpers/worker-server.ts";
import { type Api, apiClient, outcome } from "./api-client.ts";

let fixture: BrowseFixture;
let server: WorkerServer;
let api: Api;
beforeAll(async () => {
  [fixture, server] = await Promise.all([makeBrowseFixture(), startWorker()]);
  const key = await server.issueKey("alice");
  api = apiClient(server.url, key);
  await fixture.push({ url: server.url, key, userId: "alice" });
}, 60_000);
afterAll(async () => {
  await server.stop();
  await fixture.remove();
});

const ask = async <T>(path: string): Promise<T> => {
  const answer = await api(`/v1/repos/${fixture.repo}/${path}`);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
};
const refused = (path: string) => outcome(api(`/v1/repos/${fixture.repo}/${path}`));

/** All pages of a list, joined. */
async function allPages<T extends { next: string | null }, E>(
  path: string,
  of: (page: T) => readonly E[],
): Promise<E[][]> {
  const pages: E[][] = [];
  let next: string | null = "";
  while (next !== null && pages.length < 50) {
    const page: T = await ask<T>(`${path}${next === "" ? "" : `&cursor=${next}`}`);
    pages.push([...of(page)]);
    next = page.next;
  }
  return pages;
}

const NEWEST = [
  "README.md",
  "docs/a file (1).md",
  "src/deep/er/many.ts",
  "src/ledger.ts",
  "src/parse.ts",
  "src/retry.ts",
];

describe("files", () => {
  test("what the default branch sees: path, language, blob, lines", async () => {
    const { commit, files, fileCount, next } = await ask<FileList>("files");
    expect([commit, files.map(({ path }) => path), fileCount, next]).toEqual([fixture.main[2] ?? "", NEWEST, 6, null]);
    expect(files[4]).toEqual({
      path: "src/parse.ts",
      language: "typescript",
      blob: await fixture.blob(commit, "src/parse.ts"),
      lineCount: 6,
    });
    expect(files[2]?.lineCount).toBe(400);
  });

  test("of a branch, a tag, a commit; by glob and language", async () => {
    const paths = async (query: string) => (await ask<FileList>(`files?${query}`)).files.map(({ path }) => path);
    expect(await paths("ref=release")).toContain("src/hotfix.ts");
    expect(await paths("ref=v1.0")).toContain("src/old.py");
    expect(await paths(`ref=${fixture.main[1]?.slice(0, 8)}&path=src/*`)).toEqual([
      "src/ledger.ts",
      "src/parse.ts",
      "src/retry.ts",
    ]);
    expect(await paths("lang=md")).toEqual(["README.md", "docs/a file (1).md"]);
    expect(await paths("path=nothing/**")).toEqual([]);
  });

  test("by pages: each file once, in order, of one commit", async () => {
    const pages = await allPages<FileList, string>("files?limit=4", ({ files }) => files.map(({ path }) => path));
    expect(pages).toEqual([NEWEST.slice(0, 4), NEWEST.slice(4)]);
    const { next } = await ask<FileList>("files?limit=1&ref=release");
    expect(await refused(`files?limit=1&cursor=${next}`)).toBe("400 usage");
    expect(await refused("files?cursor=AAAA")).toBe("400 usage");
    expect(await refused("files?limit=0")).toBe("400 usage");
    expect(await refused("files?limit=1001")).toBe("400 usage");
  });

  test("one folder: its folders with their counts, then its files", async () => {
    const root = await ask<FileList>("files?dir=");
    expect([root.dir, root.folders, root.files.map(({ path }) => path), root.fileCount]).toEqual([
      "",
      [
        { path: "docs", fileCount: 1 },
        { path: "src", fileCount: 4 },
      ],
      ["README.md"],
      6,
    ]);
    const pages = await allPages<FileList, string>("files?dir=src/&limit=2", ({ folders = [], files }) =>
      [...folders, ...files].map(({ path }) => path),
    );
    expect(pages).toEqual([
      ["src/deep", "src/ledger.ts"],
      ["src/parse.ts", "src/retry.ts"],
    ]);
    expect(await refused("files?dir=lib")).toBe("404 not_found");
    expect(await refused("files?ref=nowhere")).toBe("404 ref_not_found");
  });
});

describe("commits", () => {
  test("the one that was pushed last first, with what names it", async () => {
    const { commits, next } = await ask<CommitList>("commits");
    const [m1 = "", m2 = "", m3 = ""] = fixture.main;
    expect([commits.map(({ commit }) => commit), next]).toEqual([[fixture.release, m3, m2, m1], null]);
    expect(commits[0]).toMatchObject({ branches: ["release"], tags: ["v1.0"], default: false, fileCount: 7 });
    expect(commits[1]).toMatchObject({ branches: ["main"], tags: [], default: true, fileCount: 6 });
    expect(Math.abs(Date.parse(commits[1]?.pushedAt ?? "") - Date.now())).toBeLessThan(600_000);
    const pages = await allPages<CommitList, string>("commits?limit=3", (page) =>
      page.commits.map(({ commit }) => commit),
    );
    expect(pages).toEqual([[fixture.release, m3, m2], [m1]]);
  });

  test("the history of one file: which commits changed it", async () => {
    const history = async (path: string) => {
      const { commits } = await ask<FileHistory>(`commits?path=${encodeURIComponent(path)}`);
      return commits.map(({ commit, change, blob }) => [commit, change, blob]);
    };
    const [m1 = "", m2 = "", m3 = ""] = fixture.main;
    const [first, second] = await Promise.all([fixture.blob(m1, "src/parse.ts"), fixture.blob(m3, "src/parse.ts")]);
    expect(await history("src/parse.ts")).toEqual([
      [fixture.release, "changed", first],
      [m3, "changed", second],
      [m1, "added", first],
    ]);
    const old = await fixture.blob(m1, "src/old.py");
    expect(await history("src/old.py")).toEqual([
      [fixture.release, "added", old],
      [m2, "removed", null],
      [m1, "added", old],
    ]);
    const pages = await allPages<FileHistory, string>("commits?path=src/parse.ts&limit=1", (page) =>
      page.commits.map(({ commit }) => commit),
    );
    expect(pages).toEqual([[fixture.release], [m3], [m1]]);
    expect(await refused("commits?path=src/never.ts")).toBe("404 not_found");
  });
});

describe("diff", () => {
  test("files of two commits, by pages", async () => {
    const [m1 = "", , m3 = ""] = fixture.main;
    const diff = await ask<CommitDiff>(`diff?from=${m1}&to=main`);
    expect([diff.from, diff.to, diff.counts, diff.next]).toEqual([m1, m3, { added: 1, changed: 2, removed: 1 }, null]);
    const blob = (commit: string, path: string) => fixture.blob(commit, path);
    expect(diff.files).toEqual([
      {
        path: "src/deep/er/many.ts",
        change: "changed",
        fromBlob: await blob(m1, "src/deep/er/many.ts"),
        toBlob: await blob(m3, "src/deep/er/many.ts"),
      },
      { path: "src/old.py", change: "removed", fromBlob: await blob(m1, "src/old.py"), toBlob: null },
      {
        path: "src/parse.ts",
        change: "changed",
        fromBlob: await blob(m1, "src/parse.ts"),
        toBlob: await blob(m3, "src/parse.ts"),
      },
      { path: "src/retry.ts", change: "added", fromBlob: null, toBlob: await blob(m3, "src/retry.ts") },
    ]);
    const pages = await allPages<CommitDiff, string>(`diff?from=${m1}&to=main&limit=3`, ({ files }) =>
      files.map(({ path }) => path),
    );
    expect(pages.map((page) => page.length)).toEqual([3, 1]);
    expect((await ask<CommitDiff>("diff?from=main&to=main")).files).toEqual([]);
    expect(await refused("diff?from=main")).toBe("400 usage");
    expect(await refused("diff?from=main&to=nowhere")).toBe("404 ref_not_found");
  });

  test("one file, line by line", async () => {
    const [m1 = ""] = fixture.main;
    const diff = await ask<FileDiff>(`diff?from=${m1}&to=main&path=src/deep/er/many.ts`);
    expect([diff.change, diff.added, diff.removed, diff.cut, diff.language]).toEqual([
      "changed",
      2,
      2,
      null,
      "typescript",
    ]);
    expect(diff.hunks.map(({ lines, ...place }) => [place, lines.length])).toEqual([
      [{ oldStart: 4, oldLines: 7, newStart: 4, newLines: 7 }, 8],
      [{ oldStart: 387, oldLines: 7, newStart: 387, newLines: 7 }, 8],
    ]);
    expect(diff.hunks[0]?.lines.slice(2, 6)).toEqual([
      { kind: "same", text: "export const value6 = 6;" },
      { kind: "removed", text: "export const value7 = 7;" },
      { kind: "added", text: "export const value7 = 70;" },
      { kind: "same", text: "export const value8 = 8;" },
    ]);
    const gone = await ask<FileDiff>(`diff?from=${m1}&to=main&path=src/old.py`);
    expect([gone.change, gone.toBlob, gone.hunks]).toEqual([
      "removed",
      null,
      [
        {
          oldStart: 1,
          oldLines: 2,
          newStart: 0,
          newLines: 0,
          lines: [
            { kind: "removed", text: "def gone_later(text):" },
            { kind: "removed", text: "    return text" },
          ],
        },
      ],
    ]);
    const same = await ask<FileDiff>(`diff?from=${m1}&to=main&path=src/ledger.ts`);
    expect([same.change, same.hunks]).toEqual(["same", []]);
    expect(await refused("diff?from=main&to=main&path=never")).toBe("404 not_found");
  });
});

describe("symbols", () => {
  test("the outline of a file", async () => {
    const { symbols, lineCount, language } = await ask<Outline>("outline?path=src/ledger.ts");
    expect([lineCount, language]).toEqual([21, "typescript"]);
    expect(symbols).toEqual([
      { name: "Ledger", kind: "class", startLine: 4, endLine: 15, parent: null, depth: 0 },
      { name: "addRow", kind: "method", startLine: 7, endLine: 10, parent: "Ledger", depth: 1 },
      { name: "size", kind: "method", startLine: 12, endLine: 14, parent: "Ledger", depth: 1 },
      { name: "openLedger", kind: "function", startLine: 17, endLine: 19, parent: null, depth: 0 },
      { name: "emptyLedger", kind: "function", startLine: 21, endLine: 21, parent: null, depth: 0 },
    ]);
    expect((await ask<Outline>("outline?path=src/old.py&ref=release")).symbols).toEqual([
      { name: "gone_later", kind: "function", startLine: 1, endLine: 2, parent: null, depth: 0 },
    ]);
    expect(await refused("outline?path=src/old.py")).toBe("404 not_found");
    expect(await refused("outline")).toBe("400 usage");
  });

  test("where a name is defined, and where it stands, in its own case", async () => {
    const found = await ask<Occurrences>("occurrences?name=parseHeader");
    expect(found.definitions).toEqual([
      {
        path: "src/parse.ts",
        language: "typescript",
        line: 2,
        column: 17,
        text: "export function parseHeader(input: string): string {",
        highlights: [[16, 27]],
        kind: "function",
        parent: null,
      },
    ]);
    const places = ({ occurrences }: Occurrences) => occurrences.map(({ path, line, column }) => [path, line, column]);
    expect([places(found), found.cutFiles, found.next]).toEqual([
      [
        ["README.md", 3, 7],
        ["src/ledger.ts", 1, 10],
        ["src/ledger.ts", 3, 16],
        ["src/ledger.ts", 8, 17],
        ["src/parse.ts", 2, 17],
      ],
      [],
      null,
    ]);
    expect(places(await ask<Occurrences>("occurrences?name=parseheader"))).toEqual([
      ["src/parse.ts", 3, 9],
      ["src/parse.ts", 5, 10],
    ]);
    const pages = await allPages<Occurrences, string>("occurrences?name=parseHeader&limit=1&path=src", (page) =>
      page.occurrences.map(({ path, line }) => `${path}:${line}`),
    );
    expect(pages).toEqual([["src/ledger.ts:1"], ["src/parse.ts:2"]]);
    expect(places(await ask<Occurrences>("occurrences?name=neverThere"))).toEqual([]);
    expect((await ask<Occurrences>("occurrences?name=addRow")).definitions[0]).toMatchObject({
      line: 7,
      parent: "Ledger",
    });
    expect(places(await ask<Occurrences>("occurrences?name=gone_later&ref=v1.0"))).toEqual([["src/old.py", 1, 5]]);
    for (const name of ["", "two%20words", "a-b", "%20x", "x".repeat(201)])
      expect([name, await refused(`occurrences?name=${name}`)]).toEqual([name, "400 usage"]);
  });
});

test("a search says where it comes from and why, and the list of repositories what each is", async () => {
  const answer = await api(`/v1/search?q=parseHeader&explain=1&limit=3`);
  const { results, sources } = (await answer.json()) as SearchResponse;
  expect(sources).toEqual({ [fixture.repo]: { name: "shared", url: "https://example.com/team/shared" } });
  expect([results[0]?.path, results[0]?.explain?.foundBy]).toEqual([
    "src/parse.ts",
    ["words", "definition", "meaning"],
  ]);
  const plain = (await (await api("/v1/search?q=parseHeader")).json()) as SearchResponse;
  expect(plain.stats).toBeUndefined();
  expect(plain.results.some((hit) => hit.explain !== undefined)).toBe(false);
  const { repos } = (await (await api("/v1/repos")).json()) as { repos: RemoteRepo[] };
  expect(repos[0]).toMatchObject({
    state: "ready",
    default: "main",
    generation: 1,
    tags: { "v1.0": fixture.release },
    device: expect.stringMatching(/./),
    bytes: expect.any(Number),
  });
});

test("a search says what it cost", async () => {
  const asked = { method: "POST", body: JSON.stringify({ q: "parseHeader", stats: true }) };
  const answer = await api("/v1/search", asked);
  const { stats } = (await answer.json()) as SearchResponse;
  expect(stats?.reads).toBeGreaterThan(0);
  expect(stats?.waves).toBeLessThanOrEqual(stats?.reads ?? 0);
  expect(stats?.bytes).toBeGreaterThan(0);
  expect(answer.headers.get("server-timing")).toMatch(
    /^open;dur=[\d.]+, find;dur=[\d.]+, rank;dur=[\d.]+, show;dur=[\d.]+, reads;desc="\d+ in \d+ waves, \d+ bytes, \d+ at hand"$/,
  );
});

/** Says which key is about to be read. */
class WatchedStore extends MemoryStore {
  onRead: (key: string) => void = () => undefined;

  override async get(...args: Parameters<MemoryStore["get"]>) {
    this.onRead(args[0]);
    return super.get(...args);
  }
}

describe("what is read", () => {
  /** The same index in this process, with what the table was asked for. */
  async function counted() {
    const store = new WatchedStore();
    const home = new DirectoryStore(fixture.home);
    for (const prefix of ["index/", "manifests/", "snapshots/", "refs/"])
      for await (const { key } of home.list(prefix)) {
        const found = await home.get(key);
        if (found) await store.put(`alice/${key}`, found.bytes);
      }
    const app = createApp({ store, embedQuery: async () => undefined, adminToken: undefined });
    const { apiKey } = await issueKey(store, { userId: "alice" });
    const get = (path: string, signal?: AbortSignal) =>
      app.request(
        new Request(`http://x/v1/repos/${fixture.repo}/${path}`, {
          headers: { authorization: `Bearer ${apiKey}` },
          ...(signal && { signal }),
        }),
      );
    const [scan, take, read] = [
      spyOn(LanceTable.prototype, "scan"),
      spyOn(LanceTable.prototype, "take"),
      spyOn(store, "get"),
    ];
    const reads = async (path: string) => {
      for (const spy of [scan, take, read]) spy.mockClear();
      const answer = await get(path);
      if (!answer.ok) throw new Error(await answer.text());
      await answer.text();
      const columns = new Set([...scan.mock.calls, ...take.mock.calls].map(([column]) => column));
      return { columns: [...columns].sort(), reads: read.mock.calls.length };
    };
    const restore = () => [scan, take, read].forEach((spy) => spy.mockRestore());
    return { get, read, reads, restore, store };
  }

  test("lists read no text, a second question little more than the ref, and occurrences no more", async () => {
    const { reads, restore } = await counted();
    try {
      const lists = ["blob", "endLine", "fileId", "language", "path"];
      const first = await reads("files");
      expect(first.columns).toEqual(lists);
      expect((await reads("files?dir=src")).columns).toEqual(["blob", "endLine", "language"]);
      expect((await reads("commits")).columns).toEqual([]);
      expect((await reads("commits?path=src/parse.ts")).columns).toEqual(["blob"]);
      expect((await reads(`diff?from=${fixture.main[0]}&to=main`)).columns).toEqual(["blob"]);
      const again = await reads("files");
      expect(again.reads).toBeLessThanOrEqual(2);
      // the search pack has it all, and a small one is read when it is opened
      const found = await reads("occurrences?name=parseHeader");
      expect(found.columns).toEqual([]);
      expect(found.reads).toBeLessThanOrEqual(2);
    } finally {
      restore();
    }
  });

  test("a client that goes away ends it: nothing more is read", async () => {
    const { get, read, restore, store } = await counted();
    try {
      for (const path of ["files", "commits", `diff?from=${fixture.main[0]}&to=main`, "occurrences?name=parseHeader"]) {
        const client = new AbortController();
        store.onRead = (key) => key.includes("/refs/") && client.abort();
        read.mockClear();
        const answer = get(path, client.signal);
        expect([path, (await answer).status]).toEqual([path, 499]);
        expect(read.mock.calls.filter(([key]) => key.includes("/index/")).length).toBe(0);
      }
    } finally {
      restore();
    }
  });
});
