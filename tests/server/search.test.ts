import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { RemoteRepo } from "../../src/protocol/cloud-api.ts";
import type { SearchResponse } from "../../src/protocol/search-api.ts";
import { loadStaticEmbedder } from "../../src/embed/load-static.ts";
import { startWorker } from "../helpers/worker-server.ts";
import type { WorkerServer } from "../helpers/worker-server.ts";
import { apiClient, outcome, pushIndex, putRef, refOf, uploadParts } from "./api-client.ts";
import type { Api } from "./api-client.ts";
import { startBunServer } from "./bun-server.ts";
import { makeRealIndex } from "./real-index.ts";
import type { RealIndex } from "./real-index.ts";

const OLD = [
  { path: "src/open file.ts", language: "typescript", contents: "export function openStream() {\n  return 1;\n}\n" },
  { path: "src/close.py", language: "python", contents: "def close_file():\n    pass\n" },
];
const NEW = [
  { path: "src/open file.ts", language: "typescript", contents: "export function openStream() {\n  return 2;\n}\n" },
  { path: "README.md", language: "markdown", contents: "# Streams\n\nHow to open and close a stream." },
];
const OTHER = [{ path: "lib/stream.rs", language: "rust", contents: "pub fn open_stream() -> u32 {\n    3\n}\n" }];

describe.each([
  ["workerd", () => startWorker()],
  ["Bun", () => startBunServer()],
] as const)("%s", (_, start) => {
  let server: WorkerServer;
  let api: Api;
  let demo: RealIndex;
  let other: RealIndex;
  beforeAll(async () => {
    server = await start();
    api = apiClient(server.url, await server.issueKey("alice"));
    demo = await makeRealIndex({ repo: "demo", commits: [OLD, NEW] });
    other = await makeRealIndex({ repo: "other", commits: [OTHER] });
    await uploadParts(api, demo);
    const heads = { main: demo.commits[1] ?? "", old: demo.commits[0] ?? "" };
    await putRef(api, "demo", refOf(demo, { heads }), { "if-none-match": "*" });
    await pushIndex(api, other);
  });
  afterAll(() => server.stop());

  const find = async (query: string): Promise<SearchResponse> => {
    const answer = await api(`/v1/search?${query}`);
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as SearchResponse;
  };
  const found = async (query: string) => (await find(query)).results.map(({ repoId, path }) => `${repoId}:${path}`);

  test.each(["keyword", "semantic", "hybrid"])(
    "%s finds the function, with its lines and its words marked",
    async (mode) => {
      const { results, warnings } = await find(`q=open+stream&repo=demo&lang=typescript&mode=${mode}`);
      const [hit] = results;
      expect([results.length, warnings, hit?.path, hit?.filename, hit?.symbol, hit?.commit]).toEqual([
        1,
        [],
        "src/open file.ts",
        "open file.ts",
        "openStream",
        demo.commits[1],
      ]);
      expect([hit?.startLine, hit?.endLine, hit?.language, hit?.snippet.text.includes("return 2")]).toEqual([
        1,
        3,
        "typescript",
        true,
      ]);
      expect(hit?.snippet.highlights.length).toBeGreaterThan(0);
    },
  );

  test("the filters: repositories, path, language, limit", async () => {
    expect((await found("q=open+stream&mode=keyword")).sort()).toEqual([
      "demo:README.md",
      "demo:src/open file.ts",
      "other:lib/stream.rs",
    ]);
    expect(await found("q=open+stream&mode=keyword&repo=other")).toEqual(["other:lib/stream.rs"]);
    expect((await found("q=stream&mode=keyword&repo=other,demo&path=**/*.rs")).sort()).toEqual(["other:lib/stream.rs"]);
    expect(await found("q=stream&mode=keyword&lang=Rust")).toEqual(["other:lib/stream.rs"]);
    expect((await found("q=stream&mode=keyword&limit=1")).length).toBe(1);
  });

  test("each ref sees its own files", async () => {
    for (const ref of ["old", demo.commits[0], demo.commits[0]?.slice(0, 8)]) {
      const { results, warnings } = await find(`q=close+file&mode=keyword&ref=${ref}`);
      expect(results.map(({ path }) => path)).toEqual(["src/close.py", "src/open file.ts"]);
      expect(warnings).toEqual([expect.stringContaining("other")]);
    }
    expect(await found("q=close_file&mode=keyword&repo=demo&lang=python")).toEqual([]);
    expect(await outcome(api("/v1/search?q=x&ref=nope"))).toBe("404 ref_not_found");
    expect(await outcome(api("/v1/search?q=x&ref=old&repo=other"))).toBe("404 ref_not_found");
    expect(await outcome(api("/v1/search?q=x&ref=worktree"))).toBe("404 ref_not_found");
  });

  test("POST takes the same question, and the client's own vector", async () => {
    const post = async (body: unknown) => {
      const answer = await api("/v1/search", { method: "POST", body: JSON.stringify(body) });
      return { status: answer.status, body: (await answer.json()) as SearchResponse };
    };
    const embedder = await loadStaticEmbedder();
    const vector = Array.from(await embedder.embedQuery("open stream"));
    const own = await post({ q: "open stream", mode: "semantic", repo: "demo", vector });
    const theirs = await post({ q: "open stream", mode: "semantic", repos: ["demo"] });
    expect(own).toEqual(theirs);
    expect(own.body.results.length).toBe(2);
    expect((await post({ q: "open", mode: "semantic", vector: [1, 2, 3] })).status).toBe(400);
  });

  test.each([
    ["", "400 usage"],
    ["q=", "400 usage"],
    ["q=+", "400 usage"],
    ["q=x&limit=0", "400 usage"],
    ["q=x&limit=101", "400 usage"],
    ["q=x&limit=ten", "400 usage"],
    ["q=x&mode=magic", "400 usage"],
    ["q=x&repo=none", "404 repo_not_found"],
    ["q=x&repo=../other", "400 usage"],
    ["q=x&repo=demo/../../alice", "400 usage"],
    [`q=${"x".repeat(4097)}`, "400 usage"],
  ])("?%s", async (query, expected) => expect(await outcome(api(`/v1/search?${query}`))).toBe(expected));

  test.each([
    ["{", ""],
    ["[]", ""],
    ["{}", "the query is empty"],
    ['{"q":1}', '"q"'],
    ['{"q":"x","repos":"demo"}', '"repos"'],
    ['{"q":"x","repo":[1]}', '"repo"'],
    ['{"q":"x","vector":["a"]}', '"vector"'],
    ['{"q":"x","vector":[1e999]}', '"vector"'],
    ['{"q":"x","vectors":[[1]]}', '"vectors"'],
    ['{"q":"x","vectors":{"constructor":["a"]}}', '"vectors"'],
    ['{"q":"x","mode":1}', '"mode"'],
    ['{"q":"x","limit":1.5}', "limit"],
  ])("POST %s: %p", async (body, field) => {
    const answer = await api("/v1/search", { method: "POST", body });
    const { code, detail } = (await answer.json()) as { code: string; detail: string };
    expect([answer.status, code, detail]).toEqual([400, "usage", expect.stringContaining(field)]);
  });

  test("what is synced is listed", async () => {
    const { repos } = (await (await api("/v1/repos")).json()) as { repos: RemoteRepo[] };
    expect(repos).toEqual([
      {
        id: "demo",
        name: "demo",
        url: "https://example.com/demo.git",
        fileCount: 2,
        lastSyncedAt: "2026-01-01T00:00:00.000Z",
        commit: demo.commits[1] ?? "",
        refs: { main: demo.commits[1] ?? "", old: demo.commits[0] ?? "" },
        tags: {},
        default: "main",
        bytes: demo.manifest.stats.bytes,
        generation: 1,
        device: "device-a",
        state: "ready",
      },
      expect.objectContaining({ id: "other", fileCount: 1 }),
    ]);
  });

  test("a file is read at a ref, whole or by lines", async () => {
    const file = async (query: string) =>
      (await (await api(`/v1/repos/demo/files/src/open%20file.ts${query}`)).json()) as Record<string, unknown>;
    expect(await file("")).toMatchObject({
      path: "src/open file.ts",
      contents: NEW[0]?.contents,
      startLine: 1,
      endLine: 3,
      lineCount: 3,
      commit: demo.commits[1],
    });
    expect(await file("?ref=old")).toMatchObject({ contents: OLD[0]?.contents, commit: demo.commits[0] });
    expect(await file("?from=2&to=2")).toMatchObject({ contents: "  return 2;\n", startLine: 2, endLine: 2 });
    expect(await file("?from=2&to=99")).toMatchObject({ contents: "  return 2;\n}\n", startLine: 2, endLine: 3 });
  });

  test.each([
    ["demo/files/src/close.py", "404 not_found"],
    ["demo/files/src", "404 not_found"],
    ["none/files/a.ts", "404 repo_not_found"],
    ["demo/files/README.md?ref=nope", "404 ref_not_found"],
    ["demo/files/README.md?from=0", "400 usage"],
    ["demo/files/README.md?from=x", "400 usage"],
    ["demo/files/README.md?from=3&to=2", "400 usage"],
    ["demo/files/README.md?from=9", "416 range_not_satisfiable"],
  ])("/v1/repos/%s", async (path, expected) => expect(await outcome(api(`/v1/repos/${path}`))).toBe(expected));

  test("many first searches at once, each in its own request, all answer", async () => {
    const fresh = apiClient(server.url, await server.issueKey("bob"));
    await pushIndex(fresh, await makeRealIndex({ repo: "cold", commits: [OLD] }));
    const answers = await Promise.all(
      Array.from({ length: 24 }, async (_unused, i) => {
        const mode = ["keyword", "semantic", "hybrid"][i % 3];
        const answer = await fresh(`/v1/search?q=open+stream+number+${i}&mode=${mode}`);
        return [answer.status, ((await answer.json()) as SearchResponse).results[0]?.path];
      }),
    );
    expect(answers).toEqual(Array.from({ length: 24 }, () => [200, "src/open file.ts"]));
  });

  test("a damaged index is said to be damaged", async () => {
    const carol = apiClient(server.url, await server.issueKey("carol"));
    const broken = await makeRealIndex({ repo: "broken", commits: [OLD] });
    await pushIndex(carol, broken);
    const data = broken.manifest.objects.find(({ path }) => path.includes("/data/"))?.path ?? "";
    const key = `carol/index/broken/${data}`;
    const bytes = (await server.bucket.get(key)) ?? new Uint8Array();
    for (const damaged of [bytes.slice(0, bytes.length >> 1), new Uint8Array(bytes.length)]) {
      await server.bucket.put(key, damaged);
      expect(await outcome(carol("/v1/search?q=open&mode=semantic"))).toBe("500 corrupt_index");
    }
    await server.bucket.put(key, bytes);
    expect(await outcome(carol("/v1/search?q=open&mode=semantic"))).toBe("200");
  });

  test("a removed repository is gone with everything it had, twice is not found", async () => {
    const dave = apiClient(server.url, await server.issueKey("dave"));
    await pushIndex(dave, await makeRealIndex({ repo: "gone", commits: [OLD] }));
    expect(await outcome(dave("/v1/search?q=open&repo=gone"))).toBe("200");
    expect(await outcome(dave("/v1/repos/gone", { method: "DELETE" }))).toBe("200");
    // what was told of it stays told
    expect((await server.bucket.list("dave/")).filter(({ key }) => !key.startsWith("dave/notices/"))).toEqual([]);
    expect(await outcome(dave("/v1/search?q=open&repo=gone"))).toBe("404 repo_not_found");
    expect(await outcome(dave("/v1/repos/gone", { method: "DELETE" }))).toBe("404 repo_not_found");
  });
});
