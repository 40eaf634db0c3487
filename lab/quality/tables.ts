/** Scored questions to Markdown tables: by set, category and language. */
import { groupMean, type Groups, halfInterval, METRICS, type Score } from "./metrics.ts";
import { type Question, type SetName, SETS } from "./question.ts";

export interface Scored {
  readonly question: Question;
  readonly score: Score;
}

/** A column of results: a mode, or a variant of one. */
export interface Run {
  readonly label: string;
  /** In one order of questions for all runs that are compared. */
  readonly scored: readonly Scored[];
}

type Metric = keyof Score;
const METRIC_NAMES: Readonly<Record<Metric, string>> = {
  ndcg: "NDCG@10",
  mrr: "MRR@10",
  recall: "Recall@10",
  ndcgBest: "NDCG@10 of best chunks",
};

/** Values of one metric by repository. */
function byRepository(scored: readonly Scored[], metric: Metric): Groups {
  return Array.from(Map.groupBy(scored, ({ question }) => question.repo).values(), (group) =>
    group.map(({ score }) => score[metric]),
  );
}

const figure = (value: number): string => value.toFixed(3).replace(/^(-?)0\./, "$1.");

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), `|${"---|".repeat(head.length)}`, ...rows.map(row)].join("\n");
}

/** One row for each set and metric, one column for each run; +- is half the 95 % interval. */
export function setTable(runs: readonly Run[], intervals = true): string {
  const rows = SETS.flatMap((set) =>
    METRICS.flatMap((metric) => {
      const cells = runs
        .map(({ scored }) => scored.filter(({ question }) => question.set === set))
        .map((scored) => ({ scored, groups: byRepository(scored, metric) }));
      const first = cells[0]?.scored ?? [];
      if (
        first.length === 0 ||
        (metric === "ndcgBest" &&
          first.every(({ question }) => question.answers.every(({ lines }) => lines === undefined)))
      )
        return [];
      const repos = new Set(first.map(({ question }) => question.repo)).size;
      const label = metric === "ndcg" ? `**${set}** (${repos}, ${first.length})` : "";
      return [
        [
          label,
          METRIC_NAMES[metric],
          ...cells.map(
            ({ groups }) => figure(groupMean(groups)) + (intervals ? ` ±${figure(halfInterval(groups))}` : ""),
          ),
        ],
      ];
    }),
  );
  return table(["set (repositories, questions)", "", ...runs.map(({ label }) => label)], rows);
}

/** NDCG@10 of the parts of each set. */
export function partTable(runs: readonly Run[], part: "category" | "language" | "repo"): string {
  const rows = SETS.flatMap((set) => {
    const names = new Set(
      (runs[0]?.scored ?? []).filter(({ question }) => question.set === set).map(({ question }) => question[part]),
    );
    if (names.size < 2) return [];
    return Array.from(names)
      .sort()
      .map((name) => {
        const ofPart = runs.map(({ scored }) =>
          scored.filter(({ question }) => question.set === set && question[part] === name),
        );
        const cells = ofPart
          .map((scored) => byRepository(scored, "ndcg"))
          .map((groups) => `${figure(groupMean(groups))} ±${figure(halfInterval(groups))}`);
        return [set, name, String(ofPart[0]?.length ?? 0)].concat(cells);
      });
  });
  return table(["set", part, "questions", ...runs.map(({ label }) => label)], rows);
}

/** NDCG@10 of each set for each run, and its difference from the first run with the paired interval; `*` where it holds. */
export function differenceTable(runs: readonly Run[]): string {
  const [base, ...others] = runs;
  if (base === undefined) return "";
  const sets = SETS.filter((set) => base.scored.some(({ question }) => question.set === set));
  const value = (run: Run, set: string) =>
    figure(
      groupMean(
        byRepository(
          run.scored.filter(({ question }) => question.set === set),
          "ndcg",
        ),
      ),
    );
  const rows = others.map((run) => [run.label].concat(sets.map((set) => difference(base, run, set))));
  return table(["", ...sets], [[base.label, ...sets.map((set) => value(base, set))], ...rows]);
}

function difference(base: Run, run: Run, set: SetName): string {
  const pairs = base.scored.flatMap((before, i) => {
    const after = run.scored[i];
    return before.question.set === set && after
      ? [{ repo: before.question.repo, change: after.score.ndcg - before.score.ndcg }]
      : [];
  });
  const groups = Array.from(Map.groupBy(pairs, ({ repo }) => repo).values(), (group) =>
    group.map(({ change }) => change),
  );
  const change = groupMean(groups);
  const half = halfInterval(groups);
  return `${change >= 0 ? "+" : ""}${figure(change)} ±${figure(half)}${Math.abs(change) > half ? " *" : ""}`;
}
