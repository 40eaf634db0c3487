/**
 * Makes the development sets: `bun lab/quality/prepare.ts <mirror dir> <out dir> [<semble-dev dir>]`. The mirror holds git
 * snapshots as `<owner>+<name>/repo`. Writes `<out>/questions.jsonl` and `<out>/trees/*`; the same snapshots give the same bytes.
 */
import { existsSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { commitQuestions } from "./commit-set.ts";
import { pathQuestions, phraseQuestions } from "./derived-sets.ts";
import { docSets } from "./doc-set.ts";
import { GitSnapshot } from "./git-snapshot.ts";
import { type Question, SETS, writeQuestions } from "./question.ts";
import { sample, seededRandom } from "./random.ts";
import { prepareSemble } from "./semble-set.ts";
import { writeTree } from "./write-tree.ts";

const REPOSITORIES = [
  ["scrapy/scrapy", "python"],
  ["honojs/hono", "typescript"],
  ["BurntSushi/ripgrep", "rust"],
  ["google/leveldb", "cpp"],
  ["jekyll/jekyll", "ruby"],
  ["square/okio", "kotlin"],
  ["ReactiveX/rxjs", "typescript"],
] as const;
const PER_SET = 60;

const [mirror, out, sembleGiven] = process.argv.slice(2).map((path) => resolve(path));
const semble = sembleGiven ?? join(import.meta.dir, "../../../shared/eval/semble-dev");
if (mirror === undefined || out === undefined || !existsSync(semble))
  throw new Error("usage: prepare.ts <mirror dir> <out dir> [<semble-dev dir>]");
const say = (line: string) => console.log(line);

rmSync(join(out, "trees"), { recursive: true, force: true });
const questions: Question[] = await prepareSemble({ mirror, semble, out, say });
for (const [repository, language] of REPOSITORIES)
  questions.push(...(await prepareRepository(mirror, out, repository, language)));
await writeQuestions(out, questions);
for (const set of SETS) say(`${set}: ${questions.filter((question) => question.set === set).length} questions`);

/** One commit serves all sets of a repository: the parent of the oldest commit asked about. */
async function prepareRepository(from: string, to: string, repository: string, language: string): Promise<Question[]> {
  const repo = repository.split("/")[1] ?? repository;
  const snapshot = GitSnapshot.of(from, repository);
  const { commit, questions: candidates } = await commitQuestions(snapshot);
  const files = await snapshot.files(commit, null);
  const trees = { plain: `plain-${repo}`, stripped: `stripped-${repo}`, source: `source-${repo}` };
  const random = seededRandom(repository);
  const docs = docSets({ files, repo, language, trees, perSet: PER_SET, random });
  await writeTree(join(to, "trees", trees.plain), files);
  await writeTree(join(to, "trees", trees.stripped), docs.strippedTree);
  await writeTree(join(to, "trees", trees.source), docs.sourceTree);
  const answerable = candidates
    .map(({ q, paths }) => ({ q, paths: paths.filter((path) => files.has(path)) }))
    .filter(({ paths }) => paths.length > 0);
  const commits = sample(answerable, PER_SET, random).map(({ q, paths }): Question => ({
    set: "commit",
    repo,
    tree: trees.plain,
    language,
    category: "commit",
    q,
    answers: paths.map((path) => ({ path })),
  }));
  say(`${repository} at ${commit}: ${files.size} files; ${candidates.length} commits, ${answerable.length} answerable`);
  return [
    ...docs.questions,
    ...commits,
    ...phraseQuestions(docs.questions),
    ...pathQuestions(commits, [...files.keys()]),
  ];
}
