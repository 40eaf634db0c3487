/**
 * The average of models in the shipped layout: `bun lab/training/average.ts <out folder> <model folder> <model folder>...`. They
 * must have one vocabulary and be related (one began with another, or all with the same first vectors). Prints the id's hash.
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { RepobaseError } from "../../src/protocol/errors.ts";
import { quantise, readModel, weightsOf, writeModel } from "./quantise.ts";
import { averageWeights } from "./soup.ts";
import { hashOfModel } from "./stage.ts";

const [out, ...folders] = parseArgs({ allowPositionals: true }).positionals.map((path) => resolve(path));
if (out === undefined || folders.length < 2)
  throw new RepobaseError("usage", "usage: bun lab/training/average.ts <out folder> <model folder> <model folder>...");
const vocabularies = await Promise.all(folders.map((folder) => Bun.file(join(folder, "vocab.txt")).text()));
const [vocabulary = ""] = vocabularies;
if (vocabularies.some((other) => other !== vocabulary))
  throw new RepobaseError("usage", "the models have different vocabularies");
const weights = await Promise.all(folders.map(async (folder) => weightsOf(await readModel(folder))));
await writeModel(out, quantise(averageWeights(weights)), vocabulary);
process.stdout.write(`${await hashOfModel(out)}\n`);
