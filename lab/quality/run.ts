/**
 * Search quality of the compiled product on the development sets: `bun lab/quality/run.ts <out dir> [--keep] [--index-only]
 * [--mode <mode>]... [--binary <file>] [--json <file>]`. Indexes every tree into a fresh home below <out dir> (`--keep`: takes the one that is there),
 * asks every question in every mode, prints Markdown tables. Make the sets with prepare.ts first.
 */
import { parseArgs } from "node:util";
import { SEARCH_MODES, type SearchHit, type SearchMode } from "../../src/protocol/search-api.ts";
import { type RankedFile, scoreRanking } from "./metrics.ts";
import { Product } from "./product.ts";
import { readQuestions } from "./question.ts";
import { partTable, type Run, setTable } from "./tables.ts";

const { positionals, values } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    binary: { type: "string" },
    keep: { type: "boolean" },
    "index-only": { type: "boolean" },
    mode: { type: "string", multiple: true },
    json: { type: "string" },
  },
});
const [out] = positionals;
if (out === undefined)
  throw new Error(
    "usage: run.ts <out dir> [--keep] [--index-only] [--mode <mode>]... [--binary <file>] [--json <file>]",
  );
const modes = SEARCH_MODES.filter((mode) => values.mode === undefined || values.mode.includes(mode));

const questions = await readQuestions(out);
const trees = [...new Set(questions.map(({ tree }) => tree))];
const product = new Product(out, values.binary);
if (!values.keep || !product.isIndexed) {
  const times = Array.from((await product.indexAll(trees)).values());
  const sum = (of: (typeof times)[number][], key: "files" | "newChunks" | "newBytes" | "seconds") =>
    of.reduce((total, entry) => total + entry[key], 0);
  const seconds = times.map((entry) => entry.seconds).sort((a, b) => a - b);
  console.log(
    `Indexed ${trees.length} trees: ${sum(times, "files")} files, ${sum(times, "newChunks")} chunks, ${(sum(times, "newBytes") / 1e6).toFixed(1)} MB; ` +
      `whole process ${(sum(times, "seconds") / trees.length).toFixed(2)} s a tree (median ${seconds[trees.length >> 1]?.toFixed(2)}, most ${seconds.at(-1)?.toFixed(2)}).\n`,
  );
}
if (values["index-only"]) process.exit(0);

const runs: Run[] = [];
for (const mode of modes) runs.push(await askAll(mode));
console.log(`\n${setTable(runs)}\n\n${partTable(runs, "category")}\n\n${partTable(runs, "language")}`);
if (values.json !== undefined) await Bun.write(values.json, JSON.stringify(runs));

async function askAll(mode: SearchMode): Promise<Run> {
  const scored = [];
  const times: number[] = [];
  for (const [tree, ofTree] of Map.groupBy(questions, (question) => question.tree)) {
    const asked = await product.ask(
      tree,
      mode,
      ofTree.map(({ q }) => q),
    );
    times.push(...asked.times.slice(1)); // the first opens the index
    for (const [i, question] of ofTree.entries())
      scored.push({
        question,
        score: scoreRanking((asked.answers[i]?.results ?? []).map(rankedFile), question.answers),
      });
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(share * times.length)] ?? Number.NaN).toFixed(1);
  console.log(
    `${mode}: ${questions.length} questions, a warm query takes ${at(0.5)} ms (median; 95 %: ${at(0.95)} ms).`,
  );
  return { label: mode, scored };
}

function rankedFile(hit: SearchHit): RankedFile {
  return { path: hit.path, chunks: [hit, ...hit.chunks] };
}
