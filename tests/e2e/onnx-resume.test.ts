/**
 * A long index run with a slow model is killed in the middle: what was embedded and flushed is not embedded again, and the
 * index ends up as if nothing had happened. (20 s of work, so in the long run; tests/sync/kills.test.ts kills runs in `check`.) The model is BERT-shaped, with 12 layers that share their weights.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileDirectory } from "../../src/bytes/file-source.ts";
import { OnnxEmbedder } from "../../src/embed/onnx/onnx-embedder.ts";
import { newestVersion } from "../../src/table/lance-versions.ts";
import { LanceTable } from "../../src/lance/table.ts";
import { strings, u16s, u32s } from "../../src/lance/values.ts";
import type { SearchResponse } from "../../src/protocol/search-api.ts";
import { BERT_VOCABULARY, randomBert, writeBert } from "../helpers/onnx-bert.ts";
import { Machine } from "./support.ts";
import { LONG } from "../helpers/long.ts";

/** The work is cut to the machine: so long, in seconds, that there is a middle to be killed in, and no longer. */
const RUN_SECONDS = 6;
const CHUNKS_PER_FILE = 4;
let files: number;
let dir: string;
let source: string;
let machine: Machine;

interface Indexed {
  readonly changed: boolean;
  readonly newFiles: number;
  readonly newChunks: number;
  readonly files: number;
}

beforeAll(async () => {
  if (!LONG) return;
  dir = mkdtempSync(join(tmpdir(), "repobase-resume-"));
  source = join(dir, "source");
  mkdirSync(source);
  const shape = { vocabulary: BERT_VOCABULARY.length, hidden: 128, layers: 12, heads: 4, inner: 512, positions: 64 };
  await writeBert(join(dir, "slow-bert"), randomBert(shape, { seed: 3, shared: true }));
  files = Math.max(80, Math.round((RUN_SECONDS * (await chunksPerSecond(join(dir, "slow-bert")))) / CHUNKS_PER_FILE));
  for (let n = 0; n < files; n++)
    writeFileSync(
      join(source, `file${n}.ts`),
      Array.from({ length: CHUNKS_PER_FILE }, (_, f) => functionText(n, f)).join("\n"),
    );
  machine = new Machine({ REPOBASE_FLUSH_SECONDS: "1" });
  await machine.one(["model", "add", join(dir, "slow-bert")]);
}, 60_000);

afterAll(() => {
  if (!LONG) return;
  machine?.remove();
  rmSync(dir, { recursive: true, force: true });
});

const functionText = (n: number, f: number) =>
  `export function read${n}x${f}(file) {\n${`  set(file, ${n}, ${f}); // the number of the file in this list\n`.repeat(12)}}\n`;

async function chunksPerSecond(folder: string): Promise<number> {
  const embedder = await OnnxEmbedder.open({ folder, cacheDir: join(dir, "cache") });
  const texts = Array.from({ length: 64 }, (_, n) => functionText(n, 0));
  const began = performance.now();
  await embedder.embedDocuments(texts);
  const seconds = (performance.now() - began) / 1000;
  await embedder.close();
  return texts.length / seconds;
}

/** The newest version of the one table on disk, named by a manifest or not; undefined: there is none yet. */
async function tableOnDisk(home: string): Promise<LanceTable | undefined> {
  const index = join(home, "index");
  const [repo = ""] = existsSync(index) ? readdirSync(index) : [];
  const [name] = repo === "" ? [] : readdirSync(join(index, repo)).filter((entry) => entry.endsWith(".lance"));
  const tableDir = join(index, repo, name ?? "");
  const newest = name === undefined || !existsSync(join(tableDir, "_versions")) ? null : await newestVersion(tableDir);
  return newest === null ? undefined : LanceTable.open(fileDirectory(tableDir), newest.manifest);
}

const rowsOnDisk = async (home: string): Promise<number> => (await tableOnDisk(home))?.liveRows() ?? 0;

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; !(await holds()); await Bun.sleep(10))
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
}

test.if(LONG)(
  "killed, then interrupted, in the middle of indexing, nothing that was flushed is embedded again",
  async () => {
    // how many chunks there are does not depend on the model: the built-in one is done in a moment
    const other = new Machine();
    const { newChunks: total } = await other.one<Indexed>(["add", source]);
    other.remove();

    let flushed = 0;
    for (const [args, signal, exit] of [
      [["add", source, "--model", "slow-bert"], "SIGKILL", 137],
      [["index", "source"], "SIGINT", 130],
    ] as const) {
      const run = machine.spawn([...args, "--json"]);
      const before = flushed;
      await until("a flush", async () => (await rowsOnDisk(machine.home)) > before);
      const began = performance.now();
      run.kill(signal);
      expect(await run.exited).toBe(exit);
      expect(performance.now() - began).toBeLessThan(5000);
      const kept = await rowsOnDisk(machine.home);
      expect(kept).toBeGreaterThan(flushed);
      expect(kept).toBeLessThan(total);
      flushed = kept;
    }

    const last = await machine.one<Indexed>(["index", "source"]);
    expect(last).toMatchObject({ changed: true, files: files });
    // every chunk found appended was embedded by a run before, every other one by this run
    expect(last.newChunks).toBe(total - flushed);
    expect(last.newFiles).toBeLessThan(files);

    const table = await tableOnDisk(machine.home);
    if (table === undefined) throw new Error("no table");
    expect(table.liveRows()).toBe(total);
    const chunks: string[] = [];
    const versions = new Set<string>();
    for (const { id } of table.fragments) {
      const [fileIds, numbers, paths] = [
        u32s(await table.scan("fileId", id)),
        u16s(await table.scan("chunk", id)),
        strings(await table.scan("path", id)),
      ];
      fileIds.forEach(
        (fileId, row) => chunks.push(`${fileId} ${numbers[row]}`) && versions.add(`${fileId} ${paths[row]}`),
      );
    }
    expect([new Set(chunks).size, versions.size]).toEqual([total, files]);

    expect(await machine.one<Indexed>(["index", "source"])).toMatchObject({
      changed: false,
      newChunks: 0,
      newFiles: 0,
    });
    const ask = (mode: string) => machine.one<SearchResponse>(["search", "read7x2", "--mode", mode]);
    expect((await ask("keyword")).results[0]?.path).toBe("file7.ts");
    const { warnings, results } = await ask("semantic");
    expect([warnings, results.length]).toEqual([[], 10]);
  },
  60_000,
);
