/** What the one atomic write promises, with real processes, a real full disk and a real umask. */
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installFolder, makeFolderFor, removeFolder } from "../../src/files/replace-folder.ts";
import { sweepTemporaries } from "../../src/files/temporary.ts";
import { stageFile, writeFileAtomic, writeFileAtomicSync } from "../../src/files/write-file-atomic.ts";
import { codeOf } from "../helpers/sync-fixtures.ts";

const root = mkdtempSync(join(tmpdir(), "repobase-files-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(root, "d-"));
});

const moduleUrl = (name: string) => JSON.stringify(join(import.meta.dir, "../../src/files", name));
const HOUR = 60 * 60 * 1000;
const age = (path: string, ms: number) => utimesSync(path, (Date.now() - ms) / 1000, (Date.now() - ms) / 1000);

async function* parts(count: number): AsyncIterable<Uint8Array> {
  for (let i = 0; i < count; i++) yield new Uint8Array(100_000).fill(i);
}

describe("a write", () => {
  test("takes text, bytes and a stream, makes its folders, and leaves nothing else", async () => {
    await writeFileAtomic(join(dir, "a/b/text"), "Grüße");
    await writeFileAtomic(join(dir, "a/b/bytes"), new Uint8Array([1, 2, 3]));
    await writeFileAtomic(join(dir, "a/b/stream"), parts(3));
    expect(readFileSync(join(dir, "a/b/text"), "utf8")).toBe("Grüße");
    expect([...readFileSync(join(dir, "a/b/bytes"))]).toEqual([1, 2, 3]);
    const stream = readFileSync(join(dir, "a/b/stream"));
    expect([stream.length, stream[0], stream[150_000], stream[299_999]]).toEqual([300_000, 0, 1, 2]);
    expect(readdirSync(join(dir, "a/b")).sort()).toEqual(["bytes", "stream", "text"]);
  });

  test("a stream that fails leaves the old file and its own error", async () => {
    const path = join(dir, "x");
    await writeFileAtomic(path, "old");
    const failing = (async function* () {
      yield new Uint8Array(10);
      throw new Error("the source broke");
    })();
    await expect(writeFileAtomic(path, failing)).rejects.toThrow("the source broke");
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(dir)).toEqual(["x"]);
  });

  test("a mode that is given is the file's mode, whatever the umask; else the umask decides", async () => {
    const before = process.umask(0o077);
    try {
      await writeFileAtomic(join(dir, "given"), "", 0o644);
      await writeFileAtomic(join(dir, "absent"), "");
    } finally {
      process.umask(before);
    }
    const path = join(dir, "secret");
    writeFileSync(path, "seen by all", { mode: 0o644 });
    await writeFileAtomic(path, "seen by one", 0o600);
    const mode = (name: string) => statSync(join(dir, name)).mode & 0o777;
    expect(["given", "absent", "secret"].map(mode)).toEqual([0o644, 0o600, 0o600]);
  });

  test("a file where a folder should be is told, and stays", async () => {
    writeFileSync(join(dir, "file"), "mine");
    expect(await codeOf(writeFileAtomic(join(dir, "file/below"), "x"))).toBe("home_unwritable");
    expect(readFileSync(join(dir, "file"), "utf8")).toBe("mine");
  });

  test("many writers at once: one of them wins whole", async () => {
    const path = join(dir, "x");
    const texts = Array.from({ length: 16 }, (_, i) => String(i).repeat(50_000));
    const reads: string[] = [];
    await writeFileAtomic(path, texts[0] as string);
    const reading = (async () => {
      for (let i = 0; i < 50; i++) reads.push(await Bun.file(path).text());
    })();
    await Promise.all([reading, ...texts.map((text) => writeFileAtomic(path, text))]);
    for (const read of [...reads, readFileSync(path, "utf8")]) expect(texts.includes(read)).toBe(true);
    expect(readdirSync(dir)).toEqual(["x"]);
  });

  test("only one of many can make a new file", async () => {
    const staged = await Promise.all(["a", "b", "c"].map((text) => stageFile(join(dir, "x"), text)));
    const outcomes = await Promise.all(staged.map((each) => each.createNew()));
    await Promise.all(staged.map((each) => each.discard()));
    expect(outcomes.toSorted()).toEqual(["done", "exists", "exists"]);
    expect(readdirSync(dir)).toEqual(["x"]);
  });
});

describe("kill -9", () => {
  /** Runs `script` until it prints, then kills it. */
  async function killWhenItPrints(script: string): Promise<void> {
    const child = Bun.spawn([process.execPath, "-e", script, join(dir, "x")], { stdout: "pipe" });
    await child.stdout.getReader().read();
    child.kill("SIGKILL");
    await child.exited;
  }

  test.each([
    [
      "in the middle of writing",
      `writeFileAtomic(path, (async function* () {
        yield new Uint8Array(100_000);
        console.log("half");
        await new Promise((resolve) => setInterval(() => (globalThis.kept = resolve), 1000));
      })());`,
    ],
    [
      "between the write and the rename",
      `const staged = await stageFile(path, "new");
      console.log("written");
      setInterval(() => staged, 1000);`,
    ],
  ])("%s leaves the old file, and the next writer sweeps what is left", async (_, body) => {
    await writeFileAtomic(join(dir, "x"), "old");
    await killWhenItPrints(`
      import { stageFile, writeFileAtomic } from ${moduleUrl("write-file-atomic.ts")};
      const path = process.argv[1];
      ${body}`);
    expect(readFileSync(join(dir, "x"), "utf8")).toBe("old");
    const left = readdirSync(dir).filter((name) => name !== "x");
    expect(left).toEqual([expect.stringMatching(/^\.tmp-repobase-/)]);
    sweepTemporaries(dir, Date.now() + 2 * HOUR);
    expect(readdirSync(dir)).toEqual(["x"]);
  });
});

describe("sweeping", () => {
  test("removes what has no writer any more, and nothing that is not ours", async () => {
    const keep = [".tmp-lock", ".tmp-other", "x.tmp", ".tmp-repobase-young", ".tmp-repobase-clone"];
    for (const name of [...keep.slice(0, -1), ".tmp-repobase-old"]) writeFileSync(join(dir, name), "");
    for (const name of [".tmp-repobase-clone", ".tmp-repobase-dead"])
      mkdirSync(join(dir, name, "objects"), { recursive: true });
    for (const name of [".tmp-lock", ".tmp-other", "x.tmp", ".tmp-repobase-old", ".tmp-repobase-clone"])
      age(join(dir, name), 2 * HOUR);
    age(join(dir, ".tmp-repobase-dead"), 25 * HOUR);
    await writeFileAtomic(join(dir, "new"), "");
    expect(readdirSync(dir).sort()).toEqual([...keep, "new"].sort());
  });

  test("happens where a library is unpacked, too", () => {
    writeFileSync(join(dir, ".tmp-repobase-old"), "half of a library");
    age(join(dir, ".tmp-repobase-old"), 2 * HOUR);
    writeFileAtomicSync(join(dir, "library.node"), "whole", 0o600);
    expect(readdirSync(dir)).toEqual(["library.node"]);
  });
});

/** A disk of 64 KiB of its own, gone with the child. Needs Linux; user namespaces make it work without root. */
const canMount =
  process.platform === "linux" &&
  Bun.spawnSync(["unshare", "-Urm", "mount", "-t", "tmpfs", "none", root], { stderr: "ignore" }).exitCode === 0;

test.skipIf(!canMount)("a full disk is `no_space`, and the old file and nothing else is there", async () => {
  // some writes of the kernel are short on a full disk and say no error: those must not count as done
  const script = `
    import { readdirSync, readFileSync } from "node:fs";
    import { writeFileAtomic, writeFileAtomicSync } from ${moduleUrl("write-file-atomic.ts")};
    const path = process.argv[1];
    await writeFileAtomic(path, "old");
    const big = "x".repeat(200_000);
    const stream = async function* () { for (let i = 0; i < 20; i++) yield new Uint8Array(10_000); };
    const codes = [];
    for (const write of [
      () => writeFileAtomic(path, big),
      () => writeFileAtomic(path, new TextEncoder().encode(big)),
      () => writeFileAtomic(path, stream()),
      async () => writeFileAtomicSync(path, big, 0o600),
    ])
      codes.push(await write().then(() => "done", (error) => error.code));
    console.log(JSON.stringify([codes, readFileSync(path, "utf8"), readdirSync(process.argv[2])]));
  `;
  const mounted = `mount -t tmpfs -o size=64k none "$1" && exec "$2" -e "$3" "$1/x" "$1"`;
  const child = Bun.spawnSync(["unshare", "-Urm", "sh", "-c", mounted, "sh", dir, process.execPath, script]);
  expect(child.stderr.toString()).toBe("");
  expect(JSON.parse(child.stdout.toString())).toEqual([["no_space", "no_space", "no_space", "ENOSPC"], "old", ["x"]]);
});

describe("a folder", () => {
  test("appears whole, once, and goes at once", async () => {
    const target = join(dir, "models/m");
    const [first, second] = [await makeFolderFor(target), await makeFolderFor(target)];
    for (const folder of [first, second]) writeFileSync(join(folder, "file"), folder);
    expect(existsSync(target)).toBe(false);
    expect([await installFolder(first, target), await installFolder(second, target)]).toEqual([true, false]);
    expect(readFileSync(join(target, "file"), "utf8")).toBe(first);
    await removeFolder(second);
    await removeFolder(target);
    await removeFolder(target);
    expect(readdirSync(join(dir, "models"))).toEqual([]);
  });
});

test("nothing outside src/files renames", async () => {
  const src = join(import.meta.dir, "../../src");
  const renaming: string[] = [];
  for await (const path of new Bun.Glob("**/*.ts").scan(src))
    if (!path.startsWith("files/") && /\brename(Sync)?\(/.test(await Bun.file(join(src, path)).text()))
      renaming.push(path);
  expect(renaming).toEqual([]);
});
