/**
 * The same questions against the engine in this process: `bun lab/quality/evaluate.ts <out dir> [--mode <mode>]... [--set <set>]...
 * [--parts] [--ablate] [--try <option>=<value>,...]... [--save <file>] [--against <file>]`. Reads the indexes that `run.ts` made (again with `run.ts --index-only` after a change
 * of chunks, terms or model); a change of ranking shows at once. `--ablate` switches each ranking option off alone, `--try` gives options other
 * values; both compare with the defaults, in hybrid mode unless another one is named. `--save` keeps every score in a file, and `--against` prints
 * the differences from such a file, question by question: for two engines, or the same trees indexed in two ways.
 */
import { parseArgs } from "node:util";
import { SEARCH_MODES } from "../../src/protocol/search-api.ts";
import { DEFAULT_RANKING, NEUTRAL_RANKING } from "../../src/search/ranking.ts";
import { Engine } from "./engine.ts";
import { readQuestions, SETS } from "./question.ts";
import { ablations, parseVariant } from "./ranking-variants.ts";
import { differenceTable, partTable, type Run, setTable } from "./tables.ts";

const { positionals, values } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    mode: { type: "string", multiple: true },
    set: { type: "string", multiple: true },
    parts: { type: "boolean" },
    ablate: { type: "boolean" },
    try: { type: "string", multiple: true },
    save: { type: "string" },
    against: { type: "string" },
  },
});
const [out] = positionals;
if (out === undefined)
  throw new Error(
    "usage: evaluate.ts <out dir> [--mode <mode>]... [--set <set>]... [--parts] [--ablate] [--try <option>=<value>,...]...",
  );
const sets = new Set<string>(values.set ?? SETS);
const questions = (await readQuestions(out)).filter(({ set }) => sets.has(set));
const engine = await Engine.open(out);
const tried = (values.try ?? []).map((text) => parseVariant(text, DEFAULT_RANKING));
const variants = [...(values.ablate ? ablations(DEFAULT_RANKING, NEUTRAL_RANKING) : []), ...tried];
const modes = SEARCH_MODES.filter((mode) =>
  (values.mode ?? (variants.length > 0 ? ["hybrid"] : SEARCH_MODES)).includes(mode),
);

if (variants.length === 0) {
  const runs: Run[] = [];
  for (const mode of modes) runs.push({ label: mode, scored: await engine.scoreAll(questions, { mode }) });
  console.log(setTable(runs));
  if (values.save !== undefined) await Bun.write(values.save, JSON.stringify(runs));
  if (values.against !== undefined) await compareWith(values.against, runs);
  if (values.parts) console.log(`\n${partTable(runs, "category")}\n\n${partTable(runs, "repo")}`);
}
for (const mode of variants.length === 0 ? [] : modes) {
  const runs: Run[] = [{ label: `${mode}, defaults`, scored: await engine.scoreAll(questions, { mode }) }];
  for (const { label, options } of variants)
    runs.push({ label, scored: await engine.scoreAll(questions, { mode, ranking: options }) });
  console.log(`${differenceTable(runs)}\n`);
}

/** @param file that `--save` wrote, of the same questions */
async function compareWith(file: string, runs: readonly Run[]): Promise<void> {
  const before = (await Bun.file(file).json()) as Run[];
  for (const run of runs) {
    const base = before.find(({ label }) => label === run.label);
    if (base === undefined) continue;
    if (base.scored.some(({ question }, at) => question.q !== run.scored[at]?.question.q))
      throw new Error(`${file} is of other questions`);
    console.log(
      `\n${differenceTable([
        { ...base, label: `${run.label}, before` },
        { ...run, label: "now" },
      ])}`,
    );
  }
}
