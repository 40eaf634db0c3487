import { describe, expect, test } from "bun:test";
import { fileKinds } from "../../src/search/file-kind.ts";
import type { Candidate } from "../../src/search/index-view.ts";
import { queryKind } from "../../src/search/query-kind.ts";
import { profileQuery } from "../../src/search/query-profile.ts";
import { DEFAULT_RANKING, NEUTRAL_RANKING, rankFiles } from "../../src/search/ranking.ts";
import type { RankingOptions, ScoredRow } from "../../src/search/ranking.ts";
import { queryTerms } from "../../src/search/terms.ts";
import { TopCandidates } from "../../src/search/top-candidates.ts";

const at = (address: number, score: number, view = 0): Candidate => ({ view, address, score });

describe("top candidates", () => {
  test("equal the head of a stable sort", () => {
    const scores = Array.from({ length: 500 }, (_, i) => (i * 7919) % 37);
    const top = new TopCandidates(50);
    scores.forEach((score, address) => top.push(0, address, score));
    const sorted = scores
      .map((score, address) => at(address, score))
      .sort((a, b) => b.score - a.score || a.address - b.address);
    expect(top.sorted()).toEqual(sorted.slice(0, 50));
  });

  test("fewer than the capacity: all of them; not-a-number: never", () => {
    const top = new TopCandidates(5);
    top.push(0, 1, 1);
    top.push(0, 2, Number.NaN);
    top.push(1, 3, 2);
    expect(top.sorted()).toEqual([at(3, 2, 1), at(1, 1)]);
  });
});

describe("query kinds", () => {
  test.each([
    ["parseHeader", "symbol"],
    ["Foo::bar()", "symbol"],
    ["axios.create", "symbol"],
    ["src/core/http.ts", "path"],
    ['"connection reset by peer"', "quoted"],
    ["how are requests retried", "question"],
    ["retry with backoff?", "question"],
    ["Returns the number of bytes that were read.", "statement"],
    ["could not open the file because it is locked by another process", "statement"],
    ["request cancellation and abort controller support", "keywords"],
    ["Code Review", "keywords"],
  ])("%s is a %s", (query, kind) => {
    expect(queryKind(query)).toBe(kind as ReturnType<typeof queryKind>);
  });
});

describe("file kinds", () => {
  test.each([
    ["src/http.ts", []],
    ["src/http.test.ts", ["test"]],
    ["tests/http.py", ["test"]],
    ["lib/test_http.py", ["test"]],
    ["pkg/http_test.go", ["test"]],
    ["Sources/HttpTests.swift", ["test"]],
    ["src/latest.ts", []],
    ["src/contest.py", []],
    ["examples/server.js", ["example"]],
    ["vendor/lib.c", ["vendored"]],
    ["docs/http.md", ["document"]],
    ["README.md", ["document"]],
  ])("%s: %p", (path, kinds) => {
    expect(fileKinds(path)).toEqual(kinds as ReturnType<typeof fileKinds>);
  });
});

describe("ranked files", () => {
  const row = (fileId: number, path: string, rest: Partial<ScoredRow> = {}): ScoredRow => ({
    view: 0, address: fileId * 100, fileId, path, symbol: null, keyword: 0.5, cosine: 0.2, defines: 0, phrase: false, ...rest,
  }); // prettier-ignore
  const noise = Array.from({ length: 30 }, (_, i) => row(900 + i, `noise/n${i}.ts`, { keyword: 0.1, cosine: 0.05 }));
  const rank = (query: string, rows: ScoredRow[], options: RankingOptions = DEFAULT_RANKING) => {
    const terms = queryTerms(query);
    return rankFiles([...rows, ...noise], profileQuery({ query, terms, idf: terms.map(() => 3) }), options);
  };
  const first = (query: string, rows: ScoredRow[], options?: RankingOptions) =>
    rows.find(({ address, view }) => {
      const best = rank(query, rows, options)[0]?.best;
      return best?.address === address && best.view === view;
    })?.path;

  test("without priors: keyword plus weighted cosine, ties by address", () => {
    const ranked = rank(
      "some words",
      [row(2, "b.ts"), row(1, "a.ts"), row(3, "c.ts", { cosine: 0.3 })],
      NEUTRAL_RANKING,
    );
    expect(ranked.slice(0, 3).map(({ best }) => best.address)).toEqual([300, 100, 200]);
    expect(ranked[0]?.best.score).toBe(0.5 + NEUTRAL_RANKING.cosine * 0.3);
  });

  test("a file that the query names goes before one that it names in part", () => {
    const rows = [row(1, "src/abort-signal-cache.ts"), row(2, "src/abort.ts"), row(3, "src/other.ts")];
    expect(first("request abort", rows)).toBe("src/abort.ts");
  });

  test("a statement echoes names by chance", () => {
    const rows = [row(1, "src/value.ts"), row(2, "src/settings.ts", { keyword: 0.9 })];
    expect(first("value int", rows)).toBe("src/value.ts");
    expect(first("Get the value of it as an int.", rows)).toBe("src/settings.ts");
  });

  test("the definition of a symbol goes before its uses", () => {
    const rows = [
      row(1, "src/use.ts", { symbol: "main", keyword: 0.6 }),
      row(2, "src/all.ts", { symbol: "Parser.readHeader" }),
    ];
    expect(first("readHeader", rows)).toBe("src/all.ts");
    expect(first("readHeader", rows, NEUTRAL_RANKING)).toBe("src/use.ts");
  });

  test("a chunk that begins the definition asked for goes before one that is called much like it", () => {
    const rows = [row(1, "src/use.ts", { symbol: "readHeaders", keyword: 0.6 }), row(2, "src/all.ts", { defines: 1 })];
    expect(first("readHeader", rows)).toBe("src/all.ts");
    expect(first("readHeader", rows, { ...DEFAULT_RANKING, definition: 0 })).toBe("src/use.ts");
  });

  test("several good chunks add up, poor ones do not", () => {
    const single = row(1, "src/a.ts", { keyword: 0.55 });
    const more = (keyword: number, cosine: number) =>
      [201, 202, 203].map((address) => row(2, "src/b.ts", { address, keyword, cosine }));
    expect(first("retry policy", [single, row(2, "src/b.ts"), ...more(0.45, 0.2)])).toBe("src/b.ts");
    expect(first("retry policy", [single, row(2, "src/b.ts"), ...more(0.1, 0.05)])).toBe("src/a.ts");
  });

  test("tests are demoted, unless they are asked for", () => {
    const rows = [row(1, "src/retry.test.ts", { keyword: 0.6 }), row(2, "src/retry.ts")];
    expect(first("retry", rows)).toBe("src/retry.ts");
    expect(first("retry tests", rows)).toBe("src/retry.test.ts");
  });

  test("a path is that path", () => {
    const rows = [row(1, "a/http.ts", { keyword: 1, cosine: 0.6 }), row(2, "b/core/http.ts")];
    expect(first("core/http.ts", rows)).toBe("b/core/http.ts");
    expect(first("./b/core/http.ts", rows)).toBe("b/core/http.ts");
  });

  test("the parts that are explained make the score", () => {
    for (const { best, explain } of rank("retry policy", [
      row(1, "src/retry.test.ts", { symbol: "retry" }),
      row(2, "src/retry.ts"),
    ])) {
      const { keyword, meaning, definition, phrase, path, coherence, factor } = explain;
      expect((keyword + meaning + definition + phrase + path + coherence) * factor).toBeCloseTo(best.score, 12);
    }
  });

  test("files of two views are two files", () => {
    expect(
      rank("x", [row(1, "a.ts"), row(1, "a.ts", { view: 1 })]).filter(({ best }) => best.address === 100),
    ).toHaveLength(2);
  });
});
