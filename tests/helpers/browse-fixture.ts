/** A repository of three commits on `main` and one on `release`, each indexed by the program itself into one home. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Terminal } from "../commands/terminal.ts";
import { commitFiles, git, makeRepository } from "./git-server.ts";

const numbered = (from: number, to: number, word: string) =>
  Array.from({ length: to - from + 1 }, (_, i) => `export const ${word}${from + i} = ${from + i};\n`).join("");

const LEDGER = `import { parseHeader } from "./parse";

/** Keeps what parseHeader gave. */
export class Ledger {
  private rows: string[] = [];

  addRow(text: string): void {
    const row = parseHeader(text);
    this.rows.push(row);
  }

  get size(): number {
    return this.rows.length;
  }
}

export function openLedger(): Ledger {
  return new Ledger();
}

export const emptyLedger = () => new Ledger();
`;

const parse = (extra: string) =>
  `/** Takes a header apart. */\nexport function parseHeader(input: string): string {\n  const parseheader = input.trim();\n${extra}  return parseheader;\n}\n`;

export interface BrowseFixture {
  readonly dir: string;
  readonly repo: string;
  /** On `main`, oldest first. */
  readonly main: readonly string[];
  readonly release: string;
  /** Blob of a path at a commit, as git says. */
  blob(commit: string, path: string): Promise<string>;
  /** Where the index lies. */
  readonly home: string;
  /** Pushes all of it. */
  push(server: { readonly url: string; readonly key: string; readonly userId: string }): Promise<void>;
  remove(): Promise<void>;
}

export async function makeBrowseFixture(): Promise<BrowseFixture> {
  const dir = await mkdtemp(join(tmpdir(), "repobase-browse-"));
  const [code, home] = [join(dir, "code"), join(dir, "home")];
  const main = [
    await makeRepository(code, {
      "README.md": "# Shared\n\nCall `parseHeader` first.\n",
      "src/parse.ts": parse(""),
      "src/ledger.ts": LEDGER,
      "src/deep/er/many.ts": numbered(1, 400, "value"),
      "src/old.py": "def gone_later(text):\n    return text\n",
      "docs/a file (1).md": "# A file\n",
    }),
  ];
  const say = async (line: string, env: Record<string, string> = {}) => {
    const terminal = new Terminal(dir, { REPOBASE_HOME: home, ...env });
    const { code: exit, stdout, stderr } = await terminal.run([...line.split(" "), "--json"]);
    if (exit !== 0) throw new Error(`${line}: exit ${exit}: ${stderr}${stdout}`);
    return JSON.parse(stdout) as { repoId: string };
  };
  await git(code, "remote", "add", "origin", "https://example.com/team/shared");
  const repo = (await say("add code")).repoId;
  main.push(await commitFiles(code, { "src/retry.ts": "export function retryLater() {}\n", "src/old.py": null }));
  await say(`index ${repo}`);
  const changed = numbered(1, 400, "value")
    .replace("value7 = 7", "value7 = 70")
    .replace("value390 = 390", "value390 = 0");
  main.push(
    await commitFiles(code, { "src/parse.ts": parse("  if (!input) return input;\n"), "src/deep/er/many.ts": changed }),
  );
  await say(`index ${repo}`);
  await git(code, "checkout", "--quiet", "-b", "release", main[0] ?? "");
  const release = await commitFiles(code, { "src/hotfix.ts": "export function hotFix() {}\n" });
  await git(code, "tag", "v1.0");
  await say(`index ${repo}`);
  await git(code, "checkout", "--quiet", "main");
  await say(`cloud enable ${repo}`);
  return {
    dir,
    repo,
    main,
    release,
    home,
    blob: (commit, path) => git(code, "rev-parse", `${commit}:${path}`),
    push: async ({ url, key, userId }) => {
      const env = { REPOBASE_ENDPOINT: url, REPOBASE_API_KEY: key, REPOBASE_USER_ID: userId };
      await say(`push ${repo}`, env);
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
