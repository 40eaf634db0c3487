import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadStaticEmbedder } from "../../src/embed/load-static.ts";
import { writeStaticModel } from "../helpers/onnx-models.ts";

const root = await mkdtemp(join(tmpdir(), "repobase-onnx-compiled-"));
const alone = join(root, "alone");
const binary = join(alone, "probe");
const texts = ["src/read.ts readFile\nfunction readFile(path) {\n  // opens it\n  return open(path)\n}", "read a file"];

interface Answer {
  readonly added: { name: string; id: string; dim: number };
  readonly listed: unknown;
  readonly passages: number[];
  readonly query: number[];
  readonly embedded: string[];
}

/** Runs the binary with nothing: an empty environment, an empty folder, no node_modules above it. */
async function runAlone(): Promise<Answer> {
  const child = Bun.spawn([binary, "home", "static", ...texts], {
    cwd: alone,
    env: {},
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, talk, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  expect({ talk, code }).toEqual({ talk: "", code: 0 });
  return JSON.parse(out) as Answer;
}

beforeAll(async () => {
  await mkdir(alone);
  const build = Bun.spawn(
    [process.execPath, "build", "--compile", join(import.meta.dir, "onnx-probe.ts"), "--outfile", binary],
    { cwd: root, stdout: "ignore", stderr: "pipe" },
  );
  const talk = await build.stderr.text();
  if ((await build.exited) !== 0) throw new Error(talk);
  await writeStaticModel(join(alone, "static"));
}, 30_000);

afterAll(() => rm(root, { recursive: true, force: true }));

test("one binary, alone in an empty environment, runs an ONNX model", async () => {
  const answer = await runAlone();
  expect(answer.added).toEqual({ name: "static", id: expect.stringMatching(/^static-[0-9a-f]{12}$/), dim: 384 });
  expect(answer.listed).toEqual(answer.added);
  const ours = await loadStaticEmbedder();
  const expected = [...(await ours.embedDocuments(texts)), ...(await ours.embedQuery(texts[1] ?? ""))];
  const got = [...answer.passages, ...answer.query];
  expect(got.length).toBe(expected.length);
  expect(Math.max(...got.map((value, at) => Math.abs(value - (expected[at] ?? Number.NaN))))).toBeLessThan(1e-5);
  // one platform's library, whatever node_modules holds
  expect(answer.embedded.filter((name) => /onnxruntime.*(\.so|\.dylib|\.dll)/.test(name)).length).toBe(1);
}, 30_000);

test("a damaged library in the cache is replaced, and adding again changes nothing", async () => {
  const cache = join(alone, "home", "cache");
  const [folder = ""] = await readdir(cache);
  const [library = "", ...others] = await readdir(join(cache, folder));
  expect(others).toEqual([]);
  const path = join(cache, folder, library);
  const size = Bun.file(path).size;
  await rename(path, join(root, "was"));
  await writeFile(path, new Uint8Array(size));
  const again = await runAlone();
  expect(again.listed).toEqual(again.added);
  expect(await readdir(join(cache, folder))).toEqual([library]);
  expect(await Bun.file(path).bytes()).toEqual(await Bun.file(join(root, "was")).bytes());
  expect(await readdir(join(alone, "home", "models"))).toEqual(["static"]);
}, 30_000);
