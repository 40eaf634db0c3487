/** `repobase purge` by its command, over HTTP: a secret in old commits and in uncommitted files, on two machines. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Terminal } from "../../commands/terminal.ts";
import { filesWith } from "../../helpers/files-with.ts";
import { commitFiles, git, makeRepository, writeFiles } from "../../helpers/git-server.ts";
import type { WorkerServer } from "../../helpers/worker-server.ts";
import { startBunServer } from "../../server/bun-server.ts";

let dir: string;
let server: WorkerServer;
let key: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "repobase-purge-command-"));
  server = await startBunServer();
  key = await server.issueKey("ada");
});
afterAll(async () => {
  await server?.stop();
  await rm(dir, { recursive: true, force: true });
});

interface Answer {
  readonly stillIndexed: readonly string[];
  readonly repoId: string;
  readonly files: readonly { readonly path: string }[];
  readonly left: readonly object[];
  readonly removed: { readonly here: number; readonly cloud: number };
  readonly skippedByReason: Readonly<Record<string, number>>;
  readonly results: readonly { readonly path: string }[];
}

async function say(name: string, line: string): Promise<Answer> {
  const terminal = new Terminal(dir, {
    REPOBASE_HOME: join(dir, name),
    REPOBASE_ENDPOINT: server.url,
    REPOBASE_API_KEY: key,
    REPOBASE_USER_ID: "ada",
  });
  const { code, stdout, stderr } = await terminal.run([...line.split(" "), "--json"]);
  expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: expect.any(String) });
  return JSON.parse(stdout) as Answer;
}

/** A word of a line that no rule for secrets knows. */
const WORD = "zanzibarquokka";

test("old commits, uncommitted files, another machine: gone from all, and indexed no more", async () => {
  const folder = join(dir, "code");
  const first = await makeRepository(folder, { "a.ts": "export const a = 1;\n", "private/plan.md": `# ${WORD}\n` });
  await git(folder, "remote", "add", "origin", "https://example.com/team/code");
  const { repoId: id } = await say("laptop", "add code");
  await commitFiles(folder, { "private/plan.md": "# nothing\n" });
  await writeFiles(folder, { "private/next.md": `# ${WORD} again\n`, "b.ts": "export const b = 2;\n" });
  await say("laptop", `index ${id}`);
  await say("laptop", `cloud enable ${id}`);
  await say("laptop", `push ${id}`);
  await say("ci", `pull ${id}`);
  const find = async (name: string, where: string) =>
    (await say(name, `search ${WORD} --repo ${id} --mode keyword ${where}`)).results.map(({ path }) => path);
  expect(await find("laptop", `--ref ${first}`)).toEqual(["private/plan.md"]);
  expect(await find("ci", `--remote --ref ${first}`)).toEqual(["private/plan.md"]);

  for (const name of ["laptop", "ci"]) expect((await filesWith(join(dir, name), WORD)).length).toBeGreaterThan(0);

  const done = await say("laptop", `purge ${id} --yes private/**`);
  expect(done).toMatchObject({ left: [] });
  expect(done.files.map(({ path }) => path)).toEqual(["private/plan.md", "private/plan.md"]);
  expect(done.removed.cloud).toBeGreaterThan(0);
  expect(await find("laptop", `--ref ${first}`)).toEqual([]);
  expect(await find("ci", `--remote --ref ${first}`)).toEqual([]);
  expect(await filesWith(join(dir, "laptop"), WORD)).toEqual([]);
  await say("laptop", `verify-manifest ${id} --remote --read-data`);

  // uncommitted work is indexed anew, without them
  expect((await say("laptop", `index ${id}`)).skippedByReason).toMatchObject({ purged: 2 });
  expect(await find("laptop", "--ref worktree")).toEqual([]);
  expect((await say("laptop", `search b --repo ${id} --ref worktree`)).results.map(({ path }) => path)).toContain(
    "b.ts",
  );
  // nor does the old commit bring them back, asked for by name
  await say("laptop", `index ${id} --ref ${first}`);
  expect(await find("laptop", `--ref ${first}`)).toEqual([]);
  expect(await filesWith(join(dir, "laptop"), WORD)).toEqual([]);
  await say("ci", `pull ${id}`);
  expect(await filesWith(join(dir, "ci"), WORD)).toEqual([]);
  expect(await find("ci", `--ref ${first}`)).toEqual([]);
});

test("index says which paths a rule keeps out now and old commits still show; after the purge it is silent", async () => {
  const folder = join(dir, "rules");
  await makeRepository(folder, { "a.ts": "export const a = 1;\n", "notes.md": "# plans\n" });
  const { repoId: id, stillIndexed } = await say("rules-home", "add rules");
  expect(stillIndexed).toEqual([]);
  await commitFiles(folder, { ".repobaseignore": "notes.md\n" });
  expect((await say("rules-home", `index ${id}`)).stillIndexed).toEqual(["notes.md"]);
  expect((await say("rules-home", `purge ${id} --yes notes.md`)).files).toHaveLength(1);
  expect((await say("rules-home", `index ${id}`)).stillIndexed).toEqual([]);
});

test("an old commit indexed again, and a table that repair makes again, are without what was purged", async () => {
  const folder = join(dir, "again");
  const first = await makeRepository(folder, { "a.ts": "export const a = 1;\n", "private/plan.md": `# ${WORD}\n` });
  const { repoId: id } = await say("again-home", "add again");
  await say("again-home", `purge ${id} --yes private/**`);
  await commitFiles(folder, { "a.ts": "export const a = 2;\n" });
  for (const again of ["", ` --ref ${first}`])
    expect((await say("again-home", `index ${id}${again}`)).skippedByReason).toMatchObject({ purged: 1 });
  await rm(join(dir, "again-home", "index", id), { recursive: true });
  await say("again-home", `repair ${id}`);
  expect(await filesWith(join(dir, "again-home"), WORD)).toEqual([]);
  const { skippedByReason } = await say("again-home", `index ${id} --ref ${first}`);
  expect(skippedByReason).toMatchObject({ purged: 1 });
  await say("again-home", `purge ${id} --undo private/**`);
  await say("again-home", `index ${id} --ref ${first}`);
  const found = await say("again-home", `search ${WORD} --repo ${id} --mode keyword --ref ${first}`);
  expect(found.results.map(({ path }) => path)).toEqual(["private/plan.md"]);
});
