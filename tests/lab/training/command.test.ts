import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadStaticEmbedder } from "../../../src/embed/load-static.ts";
import { openModel, scoreQuestion } from "../../../lab/training/evaluate.ts";
import { LONG } from "../../helpers/long.ts";
import type { Pair } from "../../../lab/training/extract/pair.ts";

let root = "";
beforeAll(async () => {
  if (!LONG) return;
  root = await mkdtemp(join(tmpdir(), "repobase-train-"));
  await makeClone(join(root, "mirror/serilog+serilog/repo"));
  await makeQuestions(join(root, "questions"));
});
afterAll(async () => {
  if (LONG) await rm(root, { recursive: true, force: true });
});

const NOUNS = [
  "door",
  "window",
  "engine",
  "letter",
  "garden",
  "ticket",
  "mirror",
  "bottle",
  "bridge",
  "candle",
  "folder",
  "packet",
];
const VERBS = ["opens", "closes", "counts", "sends", "paints", "prints", "breaks", "sorts"];

const source = (noun: string) =>
  VERBS.map(
    (verb) =>
      `/** The ${verb.replace(/s$/, "er")} that ${verb} every ${noun} it is given. */\nexport function ${verb}${noun}(list) {\n  const result = list.filter(Boolean);\n  return result.map((each) => each.${noun}.${verb}());\n}\n`,
  ).join("\n");

async function git(folder: string, ...args: string[]): Promise<void> {
  const env = {
    ...process.env,
    GIT_AUTHOR_DATE: "2024-01-01T00:00:00Z",
    GIT_COMMITTER_DATE: "2024-01-01T00:00:00Z",
    GIT_CONFIG_GLOBAL: "/dev/null",
  };
  const done = Bun.spawnSync(["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-C", folder, ...args], {
    env,
  });
  if (done.exitCode !== 0) throw new Error(done.stderr.toString());
}

/** A repository of the table's name with text of our own, bare as in a mirror: one commit a file, then a document. */
async function makeClone(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await git(folder, "init", "-q", "-b", "main");
  for (const noun of NOUNS) {
    await Bun.write(join(folder, `src/${noun}-tools.js`), source(noun));
    await git(folder, "add", ".");
    await git(folder, "commit", "-q", "-m", `Teach the tools to handle each ${noun} in turn (#12)`);
  }
  const body = (noun: string) =>
    `## Working with a ${noun}\n\n${`Here is said how the ${noun} is to be treated. `.repeat(12)}\n`;
  await Bun.write(join(folder, "docs/guide.md"), `# Guide\n\n${NOUNS.map(body).join("\n")}`);
  await git(folder, "add", ".");
  await git(folder, "commit", "-q", "-m", "Bump version");
  const gitdir = join(root, "gitdir");
  await rename(join(folder, ".git"), gitdir);
  await rm(folder, { recursive: true });
  await rename(gitdir, folder);
}

async function makeQuestions(folder: string): Promise<void> {
  await Bun.write(join(folder, "trees/own/src/lamp-tools.js"), source("lamp"));
  await Bun.write(join(folder, "trees/own/src/chair-tools.js"), source("chair"));
  const question = {
    set: "own",
    repo: "own",
    tree: "own",
    q: "what prints a lamp",
    answers: [{ path: "src/lamp-tools.js" }],
  };
  await Bun.write(join(folder, "questions.jsonl"), `${JSON.stringify(question)}\n`);
}

function train(...more: string[]): { code: number; text: string } {
  const script = join(import.meta.dir, "../../../lab/training/train.ts");
  const small = ["batch=32", "group=32", "dim=32", "matryoshka=32,16", "runs=2", "warmup=5"].flatMap((each) => [
    "--set",
    each,
  ]);
  const args = [
    "--mirror",
    join(root, "mirror"),
    "--out",
    join(root, "out"),
    "--questions",
    join(root, "questions"),
    ...small,
    ...more,
  ];
  const done = Bun.spawnSync([process.execPath, script, ...args], { env: { ...process.env, NO_COLOR: "1" } });
  return { code: done.exitCode, text: done.stdout.toString() + done.stderr.toString() };
}

const model = (name: string) => Bun.file(join(root, "out/model", name));

describe.if(LONG)("lab/training/train.ts", () => {
  test("makes a model of the shipped layout out of a folder of clones", async () => {
    const { code, text } = train();
    expect(text).toContain("1 repositories, 0 at the commit of repositories.tsv");
    expect(code).toBe(0);
    expect(text).toContain("| own (1) |");
    const embedder = await openModel(join(root, "out/model"));
    expect(embedder.dim).toBe(32);
    expect((await embedder.embedQuery("open the door")).length).toBe(32);
    const pairs = (await Bun.file(join(root, "out/extract/serilog+serilog.jsonl")).text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Pair);
    const doc = pairs.find(({ kind }) => kind === "doc");
    expect(doc?.query).toMatch(/^The \w+ that \w+ every \w+ it is given\.$/);
    expect(doc?.path).toMatch(/^src\/\w+-tools\.js$/);
    expect(doc?.contents).not.toContain(doc?.query ?? "");
    const section = pairs.find(({ kind, query }) => kind === "section" && query === "Working with a letter");
    expect(section?.path).toBe("docs/guide.md");
    expect(section?.contents).not.toContain("##");
    const commit = pairs.filter(({ kind }) => kind === "commit");
    expect(commit.length).toBe(NOUNS.length - 1); // the first has no parent, the last is housekeeping
    expect(commit[0]?.query).toBe(`Teach the tools to handle each ${NOUNS.at(-1)} in turn`);
  }, 30_000);

  test("a second time there is nothing to do; a lost run is made again, bit for bit", async () => {
    const before = await model("table.i8").bytes();
    const again = train();
    for (const stage of ["extract", "prepare", "encode", "run-1", "run-2", "model", "evaluate"])
      expect(again.text).toContain(`${stage}: kept`);
    await rm(join(root, "out/run-2"), { recursive: true });
    await rm(join(root, "out/model"), { recursive: true });
    const { text } = train();
    expect(text).toContain("run 2: step");
    expect(text).not.toContain("run 1: step");
    expect(await model("table.i8").bytes()).toEqual(before);
  }, 30_000);

  test("another setting does again what it touches and no more", () => {
    expect(train("--set", "runs=3").text).toContain("run-2: kept");
    const { text } = train("--set", "seed=2");
    expect(text).toContain("encode: kept");
    expect(text).not.toContain("run-1: kept");
    expect(train("--set", "sead=2").text).toContain("no such setting");
  }, 30_000);

  test("no clone is an error", () => {
    expect(train("--only", "a/b")).toMatchObject({ code: 1, text: expect.stringContaining("none of the clones") });
  });
});

test("a question's score: files by their best chunk, lines by chunks", () => {
  const chunk = (path: string, startLine: number) => ({
    path,
    symbol: null,
    contents: "",
    startLine,
    endLine: startLine + 9,
  });
  const chunks = [chunk("a", 1), chunk("a", 11), chunk("b", 1), chunk("c", 1)];
  expect(scoreQuestion({ answers: [{ path: "b" }] }, chunks, [0, 1, 2, 3])).toEqual({
    ndcg: 1 / Math.log2(3),
    mrr: 1 / 2,
  });
  expect(scoreQuestion({ answers: [{ path: "a", lines: [12, 13] }] }, chunks, [0, 2, 1, 3])).toEqual({
    ndcg: 1 / 2,
    mrr: 1 / 3,
  });
  expect(scoreQuestion({ answers: [{ path: "b" }, { path: "a" }] }, chunks, [2, 0, 3, 1])).toEqual({ ndcg: 1, mrr: 1 });
  expect(scoreQuestion({ answers: [{ path: "d" }] }, chunks, [2, 0, 3, 1])).toEqual({ ndcg: 0, mrr: 0 });
});

test("the shipped files load through the same door as new ones", async () => {
  const text = "where is the retry policy";
  const [mine, product] = [
    await openModel(join(import.meta.dir, "../../../src/embed/static-model")),
    await loadStaticEmbedder(),
  ];
  expect(await mine.embedQuery(text)).toEqual(await product.embedQuery(text));
});
