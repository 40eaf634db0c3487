/**
 * What chunks, passages and terms should be: `bun lab/quality/study.ts <out dir> sizes|passages|terms [--set <set>]... [--skip <repository>]...`. Cuts, embeds and
 * indexes every tree in memory in each variant, and compares the variants on the questions by BM25, cosine, and their weighed sum.
 * File texts come from the indexes that `run.ts` made, so that the files are the product's own choice.
 */
import { parseArgs } from "node:util";
import { loadStaticEmbedder } from "../../src/embed/load-static.ts";
import { passageText } from "../../src/embed/passage.ts";
import { type Chunk, CHUNK_SIZES, type ChunkSizes } from "../../src/chunk/chunk.ts";
import { chunkFile } from "../../src/chunk/chunk-file.ts";
import { Engine } from "./engine.ts";
import { scoreRanking } from "./metrics.ts";
import { OneTreeParser } from "./one-tree-parser.ts";
import { type Question, readQuestions, type SetName } from "./question.ts";
import { cosines, type StudyChunk, StudyIndex } from "./study-index.ts";
import { StudyTerms } from "./study-terms.ts";
import { differenceTable, type Scored } from "./tables.ts";

const { positionals, values } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: { set: { type: "string", multiple: true }, skip: { type: "string", multiple: true } },
});
const [out, study] = positionals;
const sets = (values.set ?? ["semble", "stripped", "source", "function", "commit", "section", "untitled"]) as SetName[];

interface Variant {
  readonly label: string;
  readonly sizes: ChunkSizes;
  /** The first line of what is embedded, and the rest. */
  readonly passage: (chunk: StudyChunk) => string;
}

const HEAD_WEIGHT = 4;
const COSINE_WEIGHT = 40;
const fileName = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const lastName = (symbol: string | null) => (symbol === null ? "" : symbol.slice(symbol.lastIndexOf(".") + 1));
const COMMENT = /^\s*(\/\/+!?|#(?!include|define|if|endif|!|\[)|\/?\*+\/?|--|"""|''')\s?/;
const commentWords = (contents: string) =>
  contents
    .split("\n")
    .slice(0, 12)
    .filter((line) => COMMENT.test(line))
    .map((line) => line.replace(COMMENT, ""))
    .join(" ")
    .slice(0, 200);

const SIZE_VARIANTS: readonly Variant[] = [
  ["in use", CHUNK_SIZES] as const,
  ...[
    [1500, 50, 400],
    [1500, 50, 200],
    [1500, 50, 100],
    [1500, 50, 0],
    [800, 28, 200],
    [1000, 35, 100],
    [2500, 80, 600],
    [4000, 130, 1000],
  ].map(
    ([chars = 0, lines = 0, smallChars = 0]) =>
      [`${chars}/${lines}/${smallChars}`, { ...CHUNK_SIZES, chars, lines, smallChars }] as const,
  ),
].map(([label, sizes]) => ({ label, sizes, passage: passageText }));

const passages = (list: readonly (readonly [string, Variant["passage"]])[]): Variant[] =>
  list.map(([label, passage]) => ({ label, sizes: CHUNK_SIZES, passage }));
const PASSAGE_VARIANTS = passages([
  ["in use", passageText],
  ["path symbol", ({ path, symbol, contents }) => `${path} ${symbol ?? ""}\n${contents}`],
  ["contents alone", ({ contents }) => contents],
  ["path", ({ path, contents }) => `${path}\n${contents}`],
  ["symbol", ({ symbol, contents }) => `${symbol ?? ""}\n${contents}`],
  ["file name, symbol", ({ path, symbol, contents }) => `${fileName(path)} ${symbol ?? ""}\n${contents}`],
  ["symbol, path", ({ path, symbol, contents }) => `${symbol ?? ""} ${path}\n${contents}`],
  ["path, last name", ({ path, symbol, contents }) => `${path} ${lastName(symbol)}\n${contents}`],
  [
    "path symbol, first code line",
    ({ path, symbol, contents }) =>
      `${path} ${symbol ?? ""} ${contents.split("\n").find((line) => /\w/.test(line) && !COMMENT.test(line)) ?? ""}\n${contents}`,
  ],
  [
    "path symbol, comment words",
    ({ path, symbol, contents }) => `${path} ${symbol ?? ""} ${commentWords(contents)}\n${contents}`,
  ],
  [
    "head line, body without comments",
    ({ path, symbol, contents }) =>
      `${path} ${symbol ?? ""}\n${contents
        .split("\n")
        .filter((line) => !COMMENT.test(line))
        .join("\n")}`,
  ],
]);

if (out === undefined || !["sizes", "passages", "terms"].includes(study ?? ""))
  throw new Error("usage: study.ts <out dir> sizes|passages|terms [--set <set>]... [--skip <repository>]...");
const questions = (await readQuestions(out)).filter(
  ({ set, repo }) => sets.includes(set) && !values.skip?.includes(repo),
);
const engine = await Engine.open(out);
const embedder = await loadStaticEmbedder();
const results = new Map<string, Scored[]>();
const chunkCounts = new Map<string, number>();
for (const [tree, ofTree] of Map.groupBy(questions, (question) => question.tree)) {
  const files = await engine.texts(tree);
  await (study === "terms"
    ? studyTerms(files, ofTree)
    : studyVariants(files, ofTree, study === "sizes" ? SIZE_VARIANTS : PASSAGE_VARIANTS));
  process.stderr.write(`${tree}\n`);
}
for (const leg of new Set(Array.from(results.keys(), (key) => key.split("\t")[0] ?? ""))) {
  const runs = Array.from(results).filter(([key]) => key.startsWith(`${leg}\t`));
  console.log(`\n${leg}, NDCG@10\n`);
  console.log(differenceTable(runs.map(([key, scored]) => ({ label: key.split("\t")[1] ?? "", scored }))));
}
console.log(Array.from(chunkCounts, ([label, count]) => `${label}: ${count} chunks`).join("\n"));

async function studyVariants(
  files: ReadonlyMap<string, string>,
  asked: readonly Question[],
  variants: readonly Variant[],
): Promise<void> {
  const bySizes = new Map<ChunkSizes, StudyChunk[]>(variants.map(({ sizes }) => [sizes, []]));
  const parser = new OneTreeParser();
  for (const [path, text] of files)
    for (const [sizes, chunks] of bySizes)
      for (const chunk of await chunkFile({ path, text }, parser, sizes))
        chunks.push({ ...chunk, path } satisfies Chunk & { path: string });
  parser.release();
  const terms = new StudyTerms({ stem: false, stop: false });
  const indexes = new Map(Array.from(bySizes, ([sizes, chunks]) => [sizes, new StudyIndex(chunks, terms)]));
  for (const { label, sizes, passage } of variants) {
    const index = indexes.get(sizes);
    if (index === undefined) continue;
    chunkCounts.set(label, (chunkCounts.get(label) ?? 0) + index.chunks.length);
    const vectors = await embedder.embedDocuments(index.chunks.map(passage));
    for (const question of asked) {
      const cosine = cosines(await embedder.embedQuery(question.q), vectors);
      const bm25 = index.bm25(question.q, HEAD_WEIGHT);
      if (study === "sizes") record("keyword", label, question, index, bm25);
      record("semantic", label, question, index, cosine);
      record(
        "sum",
        label,
        question,
        index,
        bm25.map((score, row) => score + COSINE_WEIGHT * (cosine[row] as number)),
      );
    }
  }
}

async function studyTerms(files: ReadonlyMap<string, string>, asked: readonly Question[]): Promise<void> {
  const chunks: StudyChunk[] = [];
  const parser = new OneTreeParser();
  for (const [path, text] of files)
    for (const chunk of await chunkFile({ path, text }, parser)) chunks.push({ ...chunk, path });
  parser.release();
  const vectors = await embedder.embedDocuments(chunks.map(passageText));
  for (const [label, choices, weights] of [
    ["plain", { stem: false, stop: false }, [4, 0, 1, 2, 8, 16]],
    ["stop words", { stem: false, stop: true }, [4]],
    ["stems", { stem: true, stop: false }, [4]],
    ["stems and stop words", { stem: true, stop: true }, [4, 1, 2, 8]],
  ] as const) {
    const index = new StudyIndex(chunks, new StudyTerms(choices));
    for (const question of asked) {
      const cosine = cosines(await embedder.embedQuery(question.q), vectors);
      for (const weight of weights) {
        const bm25 = index.bm25(question.q, weight);
        const name = `${label}, head x${weight}`;
        record("keyword", name, question, index, bm25);
        record(
          "sum",
          name,
          question,
          index,
          bm25.map((score, row) => score + COSINE_WEIGHT * (cosine[row] as number)),
        );
      }
    }
  }
}

function record(leg: string, label: string, question: Question, index: StudyIndex, scores: Float64Array): void {
  const key = `${leg}\t${label}`;
  const scored = results.get(key) ?? [];
  scored.push({ question, score: scoreRanking(index.rank(scores), question.answers) });
  results.set(key, scored);
}
