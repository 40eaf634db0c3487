/**
 * A file's chunks joined are the file, byte for byte, for every indexed file of three repositories in different languages:
 * this project (TypeScript), made-up sources and the samples of every language with a grammar. More
 * repositories: REPOBASE_TEST_REPOSITORIES=path:path (git repositories) bun test tests/e2e/contents.test.ts
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { openView } from "../../src/search/open-view.ts";
import { readFile } from "../../src/search/read-file.ts";
import { DirectoryStore } from "../../src/store/directory-store.ts";
import { filesOf } from "../helpers/fixture-repository.ts";
import { type SourceText, webSources } from "../helpers/fixture-sources.ts";
import { commitFiles, git, makeRepository, writeFiles } from "../helpers/git-server.ts";
import { Machine } from "./support.ts";
import { LONG } from "../helpers/long.ts";

const root = join(import.meta.dir, "../..");
let dir: string;
let machine: Machine;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "repobase-contents-"));
  machine = new Machine();
});
afterAll(() => {
  machine?.remove();
  rmSync(dir, { recursive: true, force: true });
});

const sources: [string, () => Promise<string>][] = [
  ...(LONG
    ? [["this project's sources", () => made("repobase", join(root, "src"))] as [string, () => Promise<string>]]
    : []),
  ["made-up sources in ten languages", () => made("web", webSources())],
  ["samples of every language", () => made("languages", join(root, "fixtures/languages"))],
  ...(process.env.REPOBASE_TEST_REPOSITORIES ?? "")
    .split(":")
    .filter((path) => path !== "")
    .map((path): [string, () => Promise<string>] => [path, () => cloned(path)]),
];

for (const [name, make] of sources) {
  test(`chunks joined equal the file: ${name}`, async () => {
    const folder = await make();
    const added = await machine.one<{ repoId: string; files: number; skipped: readonly { path: string }[] }>([
      "add",
      folder,
    ]);
    const skipped = new Set(added.skipped.map((file) => file.path));
    const view = await openView({ store: new DirectoryStore(machine.home), repo: added.repoId, ref: null });
    // "<mode> <blob>\t<path>", regular files only
    const entries = (
      await git(folder, "ls-tree", "-r", "-z", "--format=%(objectmode) %(objectname)%x09%(path)", "HEAD")
    )
      .split("\0")
      .filter((line) => line.startsWith("100"));
    let compared = 0;
    for (const entry of entries) {
      const [, blob = "", path = ""] = /^\d+ (\w+)\t(.*)$/s.exec(entry) ?? [];
      const file = await readFile({ view, path });
      expect({ path, indexed: file !== undefined }).toEqual({ path, indexed: !skipped.has(path) });
      if (!file) continue;
      // the blob id is the hash of the bytes: equal ids are equal bytes
      const bytes = Buffer.from(file.contents, "utf8");
      const hash = new Bun.CryptoHasher("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
      expect({ path, hash, recorded: file.blob }).toEqual({ path, hash: blob, recorded: blob });
      compared++;
    }
    expect(compared).toBe(added.files);
    expect(compared).toBeGreaterThan(10);
  });
}

async function cloned(path: string): Promise<string> {
  const folder = join(dir, basename(path) === "repo" ? basename(join(path, "..")) : basename(path));
  await git(dir, "clone", "--quiet", path, folder);
  return folder;
}

/** @param from a folder, or texts */
async function made(name: string, from: string | readonly SourceText[]): Promise<string> {
  const folder = join(dir, name);
  await makeRepository(folder, { "README.md": `# ${name}\n` });
  if (typeof from === "string") cpSync(from, join(folder, "src"), { recursive: true });
  else await writeFiles(folder, filesOf(from));
  await git(folder, "add", "--all", "--force");
  await commitFiles(folder, {}, "sources");
  return folder;
}
