/**
 * Is the right file among the sources of an answer? 40 questions over two repositories (quality/ask-questions.json), each asked as
 * `repobase ask` asks it, without a model: what is found first; and after one further `search` of the words that the question has, as a
 * model may call it. Ten follow-ups besides, as they are and, to compare, without the question before them.
 * `bun benchmarks/ask.ts <git folder of litestream> [<git folder of this repository>]`
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answerQuestion } from "../src/chat/answer-question.ts";
import type { ChatModel, ModelDelta } from "../src/chat/model.ts";
import { Home } from "../src/home/home.ts";
import { localLibrary } from "../src/porcelain/search/local-library.ts";
import type { ChatSource, ChatTurn } from "../src/protocol/chat-api.ts";
import set from "./quality/ask-questions.json";

const COMMON = new Set(
  "what when where which with does into from that this there they then than have many much about".split(" "),
);

interface Asked {
  readonly repo: string;
  readonly question: string;
  readonly files: readonly string[];
  readonly before?: string;
}

const [litestream, repobase = join(import.meta.dir, "..")] = process.argv.slice(2);
if (litestream === undefined) throw new Error("give the git folder of litestream");
const folders: Readonly<Record<string, string>> = { litestream, repobase };
const dir = await mkdtemp(join(tmpdir(), "repobase-ask-"));
try {
  const home = Home.open({ ...process.env, REPOBASE_HOME: join(dir, "home") });
  for (const [name, { commit }] of Object.entries(set.repositories)) await addCommit(home, name, commit);
  const library = localLibrary(home, { cwd: dir });
  const ids = new Map((await library.repos()).map(({ id, name }) => [name, id]));
  const sourcesOf = async (asked: Asked, of: { tools: boolean; before: boolean }): Promise<readonly ChatSource[]> => {
    const history: ChatTurn[] = of.before && asked.before ? [{ question: asked.before, answer: "It does." }] : [];
    const sources: ChatSource[] = [];
    const events = answerQuestion({
      library,
      model: of.tools ? searchesWords(asked.question) : null,
      question: asked.question,
      history,
      scope: { repos: [ids.get(asked.repo) ?? ""], ref: null },
      maxAnswerTokens: 100,
      isOwnModel: true,
      signal: new AbortController().signal,
    });
    for await (const event of events) {
      if (event.type === "sources") sources.push(...event.sources);
      if (event.type === "source") sources.push(event.source);
      if (event.type === "error") throw new Error(event.detail);
    }
    return sources;
  };
  const run = async (title: string, questions: readonly Asked[], of: { tools: boolean; before: boolean }) => {
    const missed: string[] = [];
    for (const asked of questions)
      if (!(await sourcesOf(asked, of)).some(({ path }) => isRight(path, asked.files)))
        missed.push(`${asked.repo}: ${asked.question}`);
    const right = questions.length - missed.length;
    console.log(`${title}: ${right} of ${questions.length} (${((100 * right) / questions.length).toFixed(1)} %)`);
    for (const line of missed) console.log(`  missed ${line}`);
  };
  await run("right file among the first sources", set.questions, { tools: false, before: false });
  for (const repo of Object.keys(set.repositories))
    await run(
      `  of ${repo}`,
      set.questions.filter((each) => each.repo === repo),
      { tools: false, before: false },
    );
  await run("with one further search", set.questions, { tools: true, before: false });
  await run("follow-ups", set.followUps, { tools: false, before: true });
  await run("follow-ups by themselves", set.followUps, { tools: false, before: false });
} finally {
  await rm(dir, { recursive: true, force: true });
}

/** @param patterns paths; a star at the end stands for what a folder holds */
function isRight(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => (pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern));
}

async function addCommit(home: Home, name: string, commit: string): Promise<void> {
  const folder = join(dir, name);
  const unpack = `mkdir -p "$1" && git -C "$2" archive "$3" | tar -x -C "$1"`;
  const child = Bun.spawn(["sh", "-c", unpack, "sh", folder, folders[name] ?? "", commit], { stderr: "inherit" });
  if ((await child.exited) !== 0) throw new Error(`no commit ${commit} in ${folders[name]}`);
  const add = Bun.spawn(["bun", join(import.meta.dir, "../src/main.ts"), "add", folder, "--name", name, "--quiet"], {
    env: { ...process.env, REPOBASE_HOME: home.dir },
    stdout: "ignore",
    stderr: "inherit",
  });
  if ((await add.exited) !== 0) throw new Error(`${name} cannot be indexed`);
}

/** Searches for the words of a question once, then answers. */
function searchesWords(question: string): ChatModel {
  const words = question
    .split(/[^\p{L}\p{N}_-]+/u)
    .filter((word) => word.length > 3 && !COMMON.has(word.toLowerCase()));
  const query = words.join(" ");
  let hasCalled = false;
  async function* ask(): AsyncGenerator<ModelDelta> {
    if (hasCalled) yield { kind: "text", text: "So it is." };
    else yield { kind: "calls", calls: [{ id: "1", name: "search", arguments: JSON.stringify({ query, limit: 12 }) }] };
    hasCalled = true;
    yield { kind: "end", reason: "stop", usage: null };
  }
  return { name: "searches words", prices: null, ask };
}
