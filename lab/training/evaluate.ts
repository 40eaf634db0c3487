/**
 * How well a model alone answers the development sets (benchmarks/quality prepares them): every tree is cut by the product,
 * every chunk embedded as in an index, and chunks ranked by cosine, without any of the product's other evidence.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { passageText } from "../../src/embed/passage.ts";
import { MemoryPieceTable } from "../../src/embed/memory-piece-table.ts";
import { StaticEmbedder } from "../../src/embed/static-embedder.ts";
import { CHUNKER } from "../../src/chunk/chunk.ts";
import { chunkFile } from "../../src/chunk/chunk-file.ts";
import { selectContent, skipByName } from "../../src/source/select-file.ts";
import { SyntaxParser } from "../../src/chunk/syntax-parser.ts";
import { walkFiles } from "../../src/source/walk-files.ts";
import { readModel } from "./quantise.ts";
import { writeWhole } from "./stage.ts";

interface Question {
  readonly set: string;
  readonly repo: string;
  /** Folder below `trees/`. */
  readonly tree: string;
  readonly q: string;
  /** With lines (from 1, both ends included): the part of the file that answers. */
  readonly answers: readonly { readonly path: string; readonly lines?: readonly [number, number] }[];
}

export interface EvaluationChunk {
  readonly path: string;
  readonly symbol: string | null;
  readonly contents: string;
  readonly startLine: number;
  readonly endLine: number;
}

/** Means over repositories. */
export interface SetScore {
  readonly questions: number;
  readonly ndcg: number;
  readonly mrr: number;
}
export type Scores = Readonly<Record<string, SetScore>>;

const DEPTH = 10;

/** @param cache folder for the chunks of the trees, which are the same for every model */
export async function evaluate(of: {
  models: Readonly<Record<string, string>>;
  questions: string;
  cache: string;
}): Promise<Record<string, Scores>> {
  const questions = await readQuestions(of.questions);
  const byTree = Map.groupBy(questions, ({ tree }) => tree);
  const embedders = await Promise.all(
    Object.entries(of.models).map(async ([name, folder]) => [name, await openModel(folder)] as const),
  );
  const results = new Map<string, { set: string; repo: string; ndcg: number; mrr: number }[]>(
    embedders.map(([name]) => [name, []]),
  );
  for (const [tree, asked] of byTree) {
    const chunks = await chunksOfTree(join(of.questions, "trees", tree), join(of.cache, `${CHUNKER}-${tree}.jsonl`));
    for (const [name, embedder] of embedders) {
      const vectors = await embedder.embedDocuments(chunks.map(passageText));
      for (const question of asked) {
        const query = await embedder.embedQuery(question.q);
        results
          .get(name)
          ?.push({ set: question.set, repo: question.repo, ...scoreQuestion(question, chunks, rank(query, vectors)) });
      }
    }
  }
  return Object.fromEntries([...results].map(([name, scored]) => [name, meansBySet(scored)]));
}

export async function openModel(folder: string): Promise<StaticEmbedder> {
  const { table, scale, config } = await readModel(folder);
  const vocabulary = await Bun.file(join(folder, "vocab.txt")).text();
  return new StaticEmbedder({ vocabulary, config, scale, table: new MemoryPieceTable(table, config.dim) });
}

async function readQuestions(folder: string): Promise<Question[]> {
  const text = await Bun.file(join(folder, "questions.jsonl")).text();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Question);
}

/** The chunks an index of this folder would have. */
export async function chunksOfTree(root: string, cached: string): Promise<EvaluationChunk[]> {
  if (existsSync(cached))
    return (await Bun.file(cached).text())
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as EvaluationChunk);
  const parser = new SyntaxParser();
  const chunks: EvaluationChunk[] = [];
  for (const { path, kind } of Array.from(walkFiles({ root })).flat()) {
    if (kind !== "file" || skipByName(path, null) !== null) continue;
    const bytes = await Bun.file(join(root, path)).bytes();
    const selected = selectContent(path, bytes);
    if ("text" in selected)
      for (const chunk of await chunkFile({ path, text: selected.text }, parser)) chunks.push({ path, ...chunk });
  }
  await writeWhole(cached, chunks.map((chunk) => `${JSON.stringify(chunk)}\n`).join(""));
  return chunks;
}

/** Chunk numbers, nearest first; equals in the order of the tree. */
function rank(query: Float32Array, vectors: Float32Array): number[] {
  const dim = query.length;
  const scores = Float32Array.from({ length: vectors.length / dim }, (_, chunk) => {
    let product = 0;
    for (let d = 0; d < dim; d++) product += (query[d] as number) * (vectors[chunk * dim + d] as number);
    return product;
  });
  return Array.from(scores.keys()).sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
}

/** Answers with lines are looked for among chunks, files among files, each by its best chunk. Binary gain; each answer counts once. */
export function scoreQuestion(
  { answers }: Pick<Question, "answers">,
  chunks: readonly EvaluationChunk[],
  ranked: readonly number[],
): { ndcg: number; mrr: number } {
  const left = new Set(answers);
  const files = new Set<string>();
  const ranks: number[] = [];
  const byLines = answers.some(({ lines }) => lines !== undefined);
  let place = 0;
  for (const number of ranked) {
    const { path, startLine, endLine } = chunks[number] as EvaluationChunk;
    if (!byLines && files.has(path)) continue;
    files.add(path);
    for (const answer of left) {
      if (answer.path !== path || (answer.lines && (startLine > answer.lines[1] || endLine < answer.lines[0])))
        continue;
      left.delete(answer);
      ranks.push(place);
      break;
    }
    if (++place === DEPTH) break;
  }
  const gain = (at: number) => 1 / Math.log2(at + 2);
  const ideal = Array.from({ length: Math.min(answers.length, DEPTH) }, (_, at) => gain(at));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return { ndcg: sum(ranks.map(gain)) / sum(ideal), mrr: ranks.length === 0 ? 0 : 1 / ((ranks[0] as number) + 1) };
}

function meansBySet(scored: readonly { set: string; repo: string; ndcg: number; mrr: number }[]): Scores {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const sets = Map.groupBy(scored, ({ set }) => set);
  return Object.fromEntries(
    [...sets].map(([set, rows]) => {
      const repos = [...Map.groupBy(rows, ({ repo }) => repo).values()];
      const of = (metric: "ndcg" | "mrr") => mean(repos.map((each) => mean(each.map((row) => row[metric]))));
      return [set, { questions: rows.length, ndcg: of("ndcg"), mrr: of("mrr") }];
    }),
  );
}

export function scoreTable(results: Readonly<Record<string, Scores>>): string {
  const names = Object.keys(results);
  const sets = Object.keys(results[names[0] as string] ?? {});
  const cell = (score: SetScore | undefined) =>
    score === undefined ? "-" : `${score.ndcg.toFixed(3)} / ${score.mrr.toFixed(3)}`;
  const rows = sets.map(
    (set) =>
      `| ${set} (${results[names[0] as string]?.[set]?.questions}) | ${names.map((name) => cell(results[name]?.[set])).join(" | ")} |`,
  );
  return [`| NDCG@10 / MRR@10 | ${names.join(" | ")} |`, `|---|${names.map(() => "---").join("|")}|`, ...rows].join(
    "\n",
  );
}
