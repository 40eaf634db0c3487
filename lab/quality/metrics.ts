/** Scores one answered question, and means with bootstrap intervals over many. */
import type { Answer } from "./question.ts";
import { seededRandom } from "./random.ts";

/** A file that was returned, with the chunks shown of it, best first. */
export interface RankedFile {
  readonly path: string;
  readonly chunks: readonly { readonly startLine: number; readonly endLine: number }[];
}

export interface Score {
  readonly ndcg: number;
  readonly mrr: number;
  readonly recall: number;
  /** NDCG where an answer with lines counts only if the file's best chunk meets them. */
  readonly ndcgBest: number;
}
export const METRICS = ["ndcg", "mrr", "recall", "ndcgBest"] as const satisfies readonly (keyof Score)[];

/** Results that count: the first ten. */
export const DEPTH = 10;

/** Binary gain; each answer counts once. A file meets an answer with lines when one of its chunks shares a line with it. */
export function scoreRanking(ranked: readonly RankedFile[], answers: readonly Answer[]): Score {
  const ranks = ranksOf(ranked, answers, Infinity);
  const ideal = discounts(Array.from({ length: Math.min(answers.length, DEPTH) }, (_, i) => i));
  return {
    ndcg: discounts(ranks) / ideal,
    mrr: ranks.length === 0 ? 0 : 1 / ((ranks[0] as number) + 1),
    recall: ranks.length / Math.min(answers.length, DEPTH),
    ndcgBest: discounts(ranksOf(ranked, answers, 1)) / ideal,
  };
}

/** Ranks, from 0, at which a new answer is met. */
function ranksOf(ranked: readonly RankedFile[], answers: readonly Answer[], chunksRead: number): number[] {
  const left = new Set(answers);
  return ranked.slice(0, DEPTH).flatMap(({ path, chunks }, rank) => {
    for (const answer of left) {
      if (answer.path !== path) continue;
      const { lines } = answer;
      if (
        lines &&
        !chunks.slice(0, chunksRead).some(({ startLine, endLine }) => startLine <= lines[1] && endLine >= lines[0])
      )
        continue;
      left.delete(answer);
      return [rank];
    }
    return [];
  });
}

const discounts = (ranks: readonly number[]): number => ranks.reduce((sum, rank) => sum + 1 / Math.log2(rank + 2), 0);

/** A number for each question, in groups (repositories) that weigh alike. */
export type Groups = readonly (readonly number[])[];

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The mean of the groups' means. */
export const groupMean = (groups: Groups): number => mean(groups.filter((group) => group.length > 0).map(mean));

const RESAMPLES = 1000;

/** Half the width of the 95 % interval of `groupMean`, questions drawn anew within their groups. Fixed seed. */
export function halfInterval(groups: Groups): number {
  const filled = groups.filter((group) => group.length > 0);
  const random = seededRandom("bootstrap");
  const means = Array.from({ length: RESAMPLES }, () =>
    mean(
      filled.map((group) => {
        let sum = 0;
        for (let i = 0; i < group.length; i++) sum += group[Math.floor(random() * group.length)] as number;
        return sum / group.length;
      }),
    ),
  ).sort((a, b) => a - b);
  const at = (share: number) => means[Math.floor(share * (means.length - 1))] as number;
  return (at(0.975) - at(0.025)) / 2;
}
