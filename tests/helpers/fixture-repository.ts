/**
 * A repository of made-up sources: some 120 files in ten languages, three commits on `main`, the branch `feature`, the tag
 * `v1.0`. Author and dates are fixed (git-server.ts), so its commit ids are the same on every machine.
 */
import { indexSources, type SourceText, webSources } from "./fixture-sources.ts";
import { commitFiles, git, makeRepository } from "./git-server.ts";

export interface FixtureRepository {
  /** On `main`, oldest first. */
  readonly commits: readonly string[];
  /** The head of `feature`, whose parent is the second commit. */
  readonly feature: string;
}

/** A library for web servers. @param dir made here; on `main`, clean */
export const makeWebRepository = (dir: string): Promise<FixtureRepository> => make(dir, "web", webSources());
/** An index of code, with a lock file that no index should hold. */
export const makeIndexRepository = (dir: string): Promise<FixtureRepository> => make(dir, "index", indexSources());

/** As an argument of `writeFiles` and `commitFiles`. */
export const filesOf = (sources: readonly SourceText[], folder = ""): Record<string, string> =>
  Object.fromEntries(sources.map(({ path, text }) => [folder + path, text]));

async function make(dir: string, name: string, sources: readonly SourceText[]): Promise<FixtureRepository> {
  const half = sources.length >> 1;
  const first = await makeRepository(dir, {
    "README.md": `# ${name}\n\nFixture sources.\n`,
    "bun.lock": `{ "lockfileVersion": 1, "workspaces": {} }\n`,
    "src/main.ts": `/** Starts ${name}. */\nexport function main(argv: readonly string[]): number {\n  return argv.length === 0 ? 2 : 0;\n}\n`,
    ...filesOf(sources.slice(0, half)),
  });
  const second = await commitFiles(dir, filesOf(sources.slice(half)), "the other half");
  await git(dir, "tag", "v1.0");
  await git(dir, "switch", "--quiet", "--create", "feature");
  const feature = await commitFiles(dir, { "lib/feature.ts": "export const onFeature = true;\n" }, "feature");
  await git(dir, "switch", "--quiet", "main");
  const third = await commitFiles(dir, { "docs/CHANGES.md": "# Changes\n\nThe other half.\n" }, "changes");
  return { commits: [first, second, third], feature };
}
