/** A few bytes that stand for gigabytes: what is too large is known before it is made, listed or refused, and memory stays small. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { MAX_DELTA_DEPTH, MAX_OBJECT_BYTES, MAX_TREE_DEPTH } from "../../src/git/objects/limits.ts";
import { ObjectReader } from "../../src/git/objects/object-reader.ts";
import { openRepository } from "../../src/git/objects/repository.ts";
import { readTree } from "../../src/git/objects/read-tree.ts";
import { isRepobaseError } from "../../src/protocol/errors.ts";
import { git } from "../helpers/git-server.ts";
import { inLong } from "../helpers/long.ts";
import { commit, delta, entry, type MadeEntry, makeBare, pack, tree, zeros } from "../helpers/pack.ts";

const MAX_RSS = 400 << 20;
let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "repobase-limits-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "no error";
  } catch (error) {
    return isRepobaseError(error) ? error.code : String(error);
  }
};

/** Clones where there is a URL, then lists and reads the commit as indexing does, in a process of its own. */
async function readInChild(gitdir: string, url: string | null = null): Promise<{ said: unknown; maxRss: number }> {
  const source = (path: string) => JSON.stringify(join(import.meta.dir, "../../src", path));
  const script = `
    import { readFileSync } from "node:fs";
    import { commitTree } from ${source("source/commit-tree.ts")};
    import { parseTree } from ${source("ingest/parse-tree.ts")};
    import { DEFAULT_LIMITS } from ${source("source/select-file.ts")};
    try {
      const [gitdir, url] = ${JSON.stringify([gitdir, url])};
      if (url !== null) {
        const { cloneOrFetch } = await import(${source("git/transport/clone-or-fetch.ts")});
        await cloneOrFetch({ url, gitdir });
      }
      const { files } = await commitTree({ folder: gitdir, env: {} });
      const skipped = [];
      const seconds = { read: 0, select: 0, chunk: 0, terms: 0, embed: 0 };
      const parsed = parseTree({ files, limits: DEFAULT_LIMITS, embedding: { kind: "built-in" }, threads: 0, seconds });
      for await (const part of parsed) skipped.push(...part.skipped.map(({ path, reason }) => [path, reason]));
      console.log(JSON.stringify({ files: files.length, skipped }));
    } catch (error) {
      console.log(JSON.stringify(error.code));
    }
    // its own, of Linux: what the kernel tells the parent begins with the parent's own memory
    console.log(/VmHWM:\\s+(\\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]);`;
  const child = Bun.spawn([process.execPath, "run", "-"], {
    stdin: Buffer.from(script),
    stdout: "pipe",
    stderr: "inherit",
  });
  const [said = "", peak] = (await new Response(child.stdout).text()).trim().split("\n");
  await child.exited;
  return { said: JSON.parse(said), maxRss: Number(peak) * 1024 };
}

/** Of the large file: above MAX_RSS, so that it cannot have been in memory whole. */
const LARGE_MIB = inLong(1024, 512);

test(`a file of ${LARGE_MIB} MiB in a pack of 1 MB, from a server: skipped as too large; what is beside it is indexed`, async () => {
  const small = entry({ type: "blob", content: Buffer.from("export const here = 1;\n") });
  const large = zeros(LARGE_MIB);
  const root = tree([
    ["100644", "a.ts", small.id],
    ["100644", "big.ts", large.id],
  ]);
  const head = commit(root.id);
  const bytes = pack([head, root, large, small]);
  expect(bytes.length).toBeLessThan(5 << 20);
  const server = servePack(head.id, bytes);
  const { said, maxRss } = await readInChild(join(dir, "big", "git"), server.url.href + "app").finally(() =>
    server.stop(true),
  );
  expect(said).toEqual({ files: 2, skipped: [["big.ts", "too-large"]] });
  expect(maxRss).toBeLessThan(MAX_RSS);
});

/** A git server that has one commit and sends this pack to whoever asks. */
function servePack(id: string, bytes: Buffer) {
  const packet = (content: Buffer | string) =>
    Buffer.concat([Buffer.from((Buffer.byteLength(content) + 4).toString(16).padStart(4, "0")), Buffer.from(content)]);
  const list = [
    packet("# service=git-upload-pack\n"),
    Buffer.from("0000"),
    packet(`${id} HEAD\0side-band-64k shallow ofs-delta symref=HEAD:refs/heads/main\n`),
    packet(`${id} refs/heads/main\n`),
    Buffer.from("0000"),
  ];
  const answer = [packet(`shallow ${id}\n`), Buffer.from("0000"), packet("NAK\n")];
  for (let at = 0; at < bytes.length; at += 60_000)
    answer.push(packet(Buffer.concat([Buffer.from([1]), bytes.subarray(at, at + 60_000)])));
  answer.push(Buffer.from("0000"));
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: ({ method }) =>
      new Response(Buffer.concat(method === "POST" ? answer : list), {
        headers: { "content-type": `application/x-git-upload-pack-${method === "POST" ? "result" : "advertisement"}` },
      }),
  });
}

test("a tree that stands for a billion files is refused", async () => {
  const leaf = entry({ type: "blob", content: Buffer.from("x\n") });
  const names = Array.from({ length: 1000 }, (_, i) => `name-${i}`);
  const levels: MadeEntry[] = [tree(names.map((name) => ["100644", name, leaf.id] as const))];
  for (let i = 0; i < 2; i++) levels.push(tree(names.map((name) => ["40000", name, levels.at(-1)?.id ?? ""] as const)));
  const head = commit(levels.at(-1)?.id ?? "");
  const gitdir = join(dir, "bomb.git");
  makeBare(gitdir, head.id, [leaf, ...levels, head]);
  expect(statSync(join(gitdir, "objects/pack")).size).toBeLessThan(216_000);
  const { said, maxRss } = await readInChild(gitdir);
  expect(said).toBe("too_large");
  expect(maxRss).toBeLessThan(MAX_RSS);
});

test("folders in folders, and empty folders without end, are refused", () => {
  const empty = tree([]);
  const deep: MadeEntry[] = [empty];
  for (let i = 0; i < MAX_TREE_DEPTH + 1; i++) deep.push(tree([["40000", "d", deep.at(-1)?.id ?? ""]]));
  const wide: MadeEntry[] = [empty];
  const names = Array.from({ length: 500 }, (_, i) => `name-${i}`);
  for (let i = 0; i < 3; i++) wide.push(tree(names.map((name) => ["40000", name, wide.at(-1)?.id ?? ""] as const)));
  for (const [name, levels] of [
    ["deep", deep],
    ["wide", wide],
  ] as const) {
    const head = commit(levels.at(-1)?.id ?? "");
    makeBare(join(dir, `${name}.git`), head.id, [...levels, head]);
    const repository = openRepository(join(dir, `${name}.git`), {});
    expect(codeOf(() => readTree(repository, head.id))).toBe("too_large");
  }
});

test("deltas: what they make, what they are, and how many stand on one another", () => {
  const base = entry({ type: "blob", content: Buffer.alloc(1 << 16, 1) });
  const baseSize = 1 << 16;
  const copyAll = Buffer.from([0x80]); // the first 64 KiB
  const id = (n: number) => n.toString(16).padStart(40, "e");
  const count = MAX_OBJECT_BYTES / baseSize + 1;
  const bomb = delta({
    base: base.id,
    baseSize,
    resultSize: count * baseSize,
    instructions: Buffer.alloc(count, copyAll),
    id: id(1),
  });
  const liar = delta({ base: base.id, baseSize, resultSize: 2 ** 45, instructions: copyAll, id: id(2) });
  const wide = delta({
    base: base.id,
    baseSize,
    resultSize: 20 * baseSize,
    instructions: Buffer.alloc(20, copyAll),
    id: id(3),
  });
  const long: MadeEntry[] = [];
  for (let n = 0; n < MAX_DELTA_DEPTH + 2; n++)
    long.push(
      delta({
        base: n === 0 ? base.id : id(100 + n - 1),
        baseSize,
        resultSize: baseSize,
        instructions: copyAll,
        id: id(100 + n),
      }),
    );
  const circle = [
    [11, 12],
    [12, 11],
  ].map(([own = 0, other = 0]) =>
    delta({ base: id(other), baseSize, resultSize: baseSize, instructions: copyAll, id: id(own) }),
  );
  const gitdir = join(dir, "deltas.git");
  makeBare(gitdir, base.id, [base, bomb, liar, wide, ...long, ...circle]);
  const objects = new ObjectReader(gitdir);
  expect(codeOf(() => objects.read(id(1)))).toBe("too_large");
  expect(codeOf(() => objects.read(id(2)))).toBe("too_large");
  expect(codeOf(() => objects.read(id(3), 1 << 20))).toBe("too_large");
  expect(codeOf(() => objects.read(id(3)))).toBe("damaged_repository"); // read whole, and then not what its id says
  expect(codeOf(() => objects.read(id(100 + MAX_DELTA_DEPTH + 1)))).toBe("damaged_repository");
  expect(codeOf(() => objects.read(id(11)))).toBe("damaged_repository");
  expect(objects.read(base.id, baseSize).bytes.length).toBe(baseSize);
  expect(codeOf(() => objects.read(base.id, baseSize - 1))).toBe("too_large");
  expect([objects.has(id(1)), objects.has("f".repeat(40))]).toEqual([true, false]);
  objects.close();
});

test("a loose object says its size before it is read; one that lies is damaged", async () => {
  const work = join(dir, "loose");
  mkdirSync(work);
  await git(work, "init", "--quiet");
  const put = (id: string, content: Buffer) => {
    mkdirSync(join(work, ".git/objects", id.slice(0, 2)), { recursive: true });
    writeFileSync(join(work, ".git/objects", id.slice(0, 2), id.slice(2)), content);
  };
  const [huge, short, long, none] = ["a", "b", "c", "d"].map((digit) => digit.repeat(40)) as [
    string,
    string,
    string,
    string,
  ];
  put(huge, zlib.deflateSync(Buffer.concat([Buffer.from(`blob ${2 ** 40}\0`), Buffer.alloc(1000)])));
  put(short, zlib.deflateSync(Buffer.from("blob 100\0too short")));
  put(long, zlib.deflateSync(Buffer.concat([Buffer.from("blob 10\0"), Buffer.alloc(50 << 20)])));
  put(none, Buffer.from("nothing deflated"));
  const objects = new ObjectReader(join(work, ".git"));
  expect(codeOf(() => objects.read(huge))).toBe("too_large");
  for (const id of [short, long, none]) expect(codeOf(() => objects.read(id))).toBe("damaged_repository");
  const real = await git(work, "hash-object", "-w", "--stdin", "--no-filters").catch(() => "");
  expect(objects.read(real).bytes.length).toBe(0);
  expect(codeOf(() => objects.read("e".repeat(40)))).toBe("not_found");
});
