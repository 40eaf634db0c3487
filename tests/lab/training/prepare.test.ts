import { afterAll, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pairFile } from "../../../lab/training/extract/extract.ts";
import type { Pair } from "../../../lab/training/extract/pair.ts";
import { contentHash, prepare } from "../../../lab/training/prepare.ts";
import { isPermissive, parseTable } from "../../../lab/training/repositories.ts";

const root = await mkdtemp(join(tmpdir(), "repobase-prepare-"));
afterAll(() => rm(root, { recursive: true, force: true }));

const words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"];
const pair = (number: number, change: Partial<Pair> = {}): Pair => {
  const name = [...String(number)].map((digit) => words[Number(digit)]).join(" ");
  return {
    kind: "inline",
    query: `checks the ${name} of it`,
    path: `src/${number}.ts`,
    symbol: "Check.run",
    contents: `return compare(first, second, ${name.replaceAll(" ", "_")});`,
    ...change,
  };
};

async function run(pairs: readonly Pair[], foreign: ReadonlySet<number> = new Set()) {
  const [from, to] = [join(root, "from"), join(root, "to")];
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  await Bun.write(pairFile(from, "a/b"), pairs.map((each) => `${JSON.stringify(each)}\n`).join(""));
  const summary = await prepare({ repos: ["a/b"], from, to, foreign });
  const kept = (await Bun.file(pairFile(to, "a/b")).text())
    .trim()
    .split("\n")
    .filter((line) => line !== "");
  return { summary, kept: kept.map((line) => JSON.parse(line) as Pair) };
}

test("the same question or answer counts a few times only", async () => {
  const { summary } = await run(
    [1, 2, 3, 4, 5].flatMap((number) => [
      pair(number, { query: "opens the door slowly" }),
      pair(99, { query: `question ${words[number]} of all` }),
    ]),
  );
  expect(summary.pairs).toBe(2 + 3);
  expect(summary.dropped).toEqual({ "same question": 3, "same answer": 2 });
});

test("foreign texts, secrets, other languages and answers that hold their question are dropped", async () => {
  const query = "Explains at some length what the function below is good for";
  const secret = `const key = "ghp_${"aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY2zA4"}"; // words enough to be kept`;
  const pairs = [
    pair(1),
    pair(2, { contents: secret }),
    pair(3, { contents: "здесь только русский текст, и его много, очень много слов" }),
    pair(4, { kind: "doc", query, contents: `// ${query}\n run(a, b, c)` }),
    pair(5),
  ];
  const { summary, kept } = await run(pairs, new Set([contentHash(pair(5).contents)]));
  expect(summary.dropped).toEqual({ secret: 1, "not English": 1, "answers itself": 1, development: 1 });
  expect(kept.map(({ path }) => path)).toEqual(["src/1.ts"]);
});

test("addresses and long digits are replaced", async () => {
  const { kept } = await run([
    pair(1, {
      contents:
        "send_mail_to(first_person, 'jane.doe@company.io', host='10.1.2.3', sha='d670460b4b4aece5915caf5c68d12f560a9fe3e4')",
    }),
  ]);
  expect(kept[0]?.contents).toBe("send_mail_to(first_person, 'user@example.com', host='192.0.2.1', sha='0')");
});

test("caps by kind hold, twice alike, and some questions are asked in other words", async () => {
  const many = Array.from({ length: 4000 }, (_, number) => pair(number + 10_000));
  const first = await run(many);
  expect(first.summary.byKind).toEqual({ inline: 2000 });
  expect(await run(many)).toEqual(first);
  const asked = first.kept.filter(({ query }) => !query.startsWith("checks")).length;
  expect(asked).toBeGreaterThan(150);
  expect(asked).toBeLessThan(400);
});

test("repositories.tsv holds only permissive licences and nothing that is asked about", async () => {
  const folder = join(import.meta.dir, "../../../lab/training");
  const rows = parseTable(await Bun.file(join(folder, "repositories.tsv")).text());
  const excluded = new Set((await Bun.file(join(folder, "excluded.txt")).text()).trim().split("\n"));
  expect(rows.length).toBeGreaterThanOrEqual(60);
  for (const { repo, commit, licence } of rows) {
    expect(excluded.has(repo)).toBe(false);
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    expect(isPermissive(licence)).toBe(true);
  }
  expect(isPermissive("GPL-3.0 OR MIT")).toBe(true);
  expect(isPermissive("MIT AND GPL-3.0")).toBe(false);
});
