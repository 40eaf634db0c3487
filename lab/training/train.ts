/**
 * The one command: from a folder of clones to weights.
 *
 *   bun lab/training/train.ts --mirror <dir> --out <dir> [--questions <dir>] [--only owner/name,...] [--threads 2]
 *                         [--start <model folder>] [--vocabulary <file>] [--set name=value ...]
 *
 * Stages keep what they made below --out and are skipped while their inputs are the same: extract, prepare, encode,
 * each run of training, model (their average in int8), evaluate. The model lands in `<out>/model`, in the layout of src/embed/static-model.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { RepobaseError } from "../../src/protocol/errors.ts";
import { encode, readEncoded } from "./encode.ts";
import { evaluate, scoreTable } from "./evaluate.ts";
import { extract } from "./extract/extract.ts";
import { foreignHashes } from "./foreign.ts";
import { pieceShares, trainRun } from "./optimise/train-run.ts";
import { firstWeights, weightsFromBytes, weightsToBytes } from "./optimise/weights.ts";
import { prepare } from "./prepare.ts";
import { quantise, readModel, weightsOf, writeModel } from "./quantise.ts";
import { findSources } from "./repositories.ts";
import { ENCODE, EXTRACT, PREPARE, TRAIN } from "./settings.ts";
import { overrideSettings } from "./override-settings.ts";
import { averageWeights } from "./soup.ts";
import { hashFile, hashOf, runStage, type Stage, writeWhole } from "./stage.ts";

const SHIPPED = join(import.meta.dir, "../../src/embed/static-model");
const WEIGHTS_FILE = "weights.f32";

const { values } = parseArgs({
  options: {
    mirror: { type: "string" },
    out: { type: "string" },
    questions: { type: "string" },
    only: { type: "string" },
    threads: { type: "string", default: "2" },
    start: { type: "string" },
    vocabulary: { type: "string", default: join(SHIPPED, "vocab.txt") },
    set: { type: "string", multiple: true, default: [] },
  },
});
const { mirror, out, questions } = values;
if (mirror === undefined || out === undefined)
  throw new RepobaseError("usage", "give --mirror <folder of clones> and --out <folder>");

const log = (line: string) => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
const threads = Number(values.threads);
const settings = overrideSettings(TRAIN, values.set);
const sources = await findSources({ mirror, only: values.only?.split(",") ?? [] });
if (sources.length === 0) throw new RepobaseError("usage", `"${mirror}" holds none of the clones in repositories.tsv`);
const repos = sources.map(({ repo }) => repo);
log(
  `${sources.length} repositories, ${sources.filter(({ pinned }) => pinned).length} at the commit of repositories.tsv`,
);

const pairs = await runStage({
  out, log, name: "extract", resumable: true,
  inputs: [EXTRACT, sources.map(({ repo, commit }) => [repo, commit])],
  make: async (folder) => {
    await extract({ sources, folder, threads, log });
    await writeWhole(join(folder, "sources.json"), JSON.stringify(sources.map(({ repo, commit, pinned, licence }) => ({ repo, commit, pinned, licence })), null, 1));
    return `pairs of ${sources.length} repositories`;
  },
}); // prettier-ignore

const prepared = await runStage({
  out, log, name: "prepare",
  inputs: [PREPARE, pairs.hash, questions === undefined ? null : await hashFile(join(questions, "questions.jsonl"))],
  make: async (folder) => {
    const foreign = questions === undefined ? new Set<number>() : await foreignHashes(questions, join(out, "chunks"));
    const summary = await prepare({ repos, from: pairs.folder, to: folder, foreign });
    return `${summary.pairs} pairs; dropped ${JSON.stringify(summary.dropped)}`;
  },
}); // prettier-ignore

const vocabulary = await Bun.file(values.vocabulary).text();
const encoded = await runStage({
  out, log, name: "encode",
  inputs: [ENCODE, prepared.hash, hashOf(vocabulary)],
  make: async (folder) => `${await encode({ repos, from: prepared.folder, to: folder, vocabulary })} pairs`,
}); // prettier-ignore

const start = values.start === undefined ? null : await hashFile(join(values.start, "table.i8"));
const { runs, ...perRun } = settings;
const trained: Stage[] = [];
for (let run = 1; run <= runs; run++)
  trained.push(await runStage({
    out, log, name: `run-${run}`,
    inputs: [perRun, run, encoded.hash, start],
    make: async (folder) => {
      const data = await readEncoded(encoded.folder);
      const pieces = vocabulary.trimEnd().split("\n");
      const first = values.start === undefined
        ? firstWeights({ vocabulary: pieces, shares: pieceShares(data, pieces.length), settings })
        : weightsOf(await readModel(values.start));
      const { weights, loss } = await trainRun({ pairs: data, first, settings, run, threads, log });
      await writeWhole(join(folder, WEIGHTS_FILE), weightsToBytes(weights));
      return `loss ${loss.toFixed(3)} at the end`;
    },
  })); // prettier-ignore

const model = await runStage({
  out, log, name: "model",
  inputs: trained.map(({ hash }) => hash),
  make: async (folder) => {
    const weights = await Promise.all(trained.map(async (run) => weightsFromBytes(await Bun.file(join(run.folder, WEIGHTS_FILE)).bytes())));
    await writeModel(folder, quantise(averageWeights(weights)), vocabulary);
    return `${weights.length} runs averaged, int8, in "${folder}"`;
  },
}); // prettier-ignore

if (questions !== undefined)
  await runStage({
    out, log, name: "evaluate",
    inputs: [model.hash, await hashFile(join(questions, "questions.jsonl")), await hashFile(join(SHIPPED, "table.i8"))],
    make: async (folder) => {
      const results = await evaluate({ models: { shipped: SHIPPED, new: model.folder }, questions, cache: join(out, "chunks") });
      await writeWhole(join(folder, "scores.json"), JSON.stringify(results, null, 1));
      return `\n${scoreTable(results)}\n`;
    },
  }); // prettier-ignore
