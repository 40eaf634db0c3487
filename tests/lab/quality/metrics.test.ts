import { expect, test } from "bun:test";
import { groupMean, halfInterval, scoreRanking } from "../../../lab/quality/metrics.ts";

const file = (path: string, ...chunks: [number, number][]) => ({
  path,
  chunks: (chunks.length > 0 ? chunks : [[1, 9] as const]).map(([startLine, endLine]) => ({ startLine, endLine })),
});

test("binary gain over two answers at ranks 2 and 4", () => {
  const score = scoreRanking([file("x"), file("a"), file("y"), file("b")], [{ path: "a" }, { path: "b" }]);
  const dcg = 1 / Math.log2(3) + 1 / Math.log2(5);
  expect(score.ndcg).toBeCloseTo(dcg / (1 + 1 / Math.log2(3)), 12);
  expect(score).toMatchObject({ mrr: 1 / 2, recall: 1 });
});

test("only the first ten results count, and an answer counts once", () => {
  const filler = Array.from({ length: 10 }, (_, i) => file(`f${i}`));
  expect(scoreRanking([...filler, file("a")], [{ path: "a" }])).toEqual({ ndcg: 0, mrr: 0, recall: 0, ndcgBest: 0 });
  expect(scoreRanking([file("a"), file("a")], [{ path: "a" }, { path: "b" }])).toMatchObject({ recall: 1 / 2 });
});

test("an answer with lines needs a chunk that meets them; ndcgBest the best one", () => {
  const answers = [{ path: "a", lines: [10, 20] as const }];
  expect(scoreRanking([file("a", [1, 9], [20, 30])], answers)).toEqual({ ndcg: 1, mrr: 1, recall: 1, ndcgBest: 0 });
  expect(scoreRanking([file("a", [1, 10])], answers)).toMatchObject({ ndcgBest: 1 });
  expect(scoreRanking([file("a", [21, 22])], answers)).toMatchObject({ ndcg: 0 });
});

test("repositories weigh alike, and the interval holds what resampling gives", () => {
  expect(groupMean([[1, 1, 1], [0], []])).toBe(0.5);
  expect(halfInterval([[1, 1, 1], [0]])).toBe(0);
  const coin = Array.from({ length: 400 }, (_, i) => i % 2);
  // 1.96 standard errors of the mean of 400 fair coins: .049
  expect(halfInterval([coin])).toBeCloseTo(0.049, 2);
});
