/** Commit messages as questions; the files they changed answer, each by its path and its changed lines with what is around them. */
import { languageOf } from "../../../src/chunk/language-of.ts";
import { parseCommit } from "../../../src/git/objects/parse-commit.ts";
import type { Repository } from "../../../src/git/objects/repository.ts";
import { EXTRACT } from "../settings.ts";
import { changedFiles, TreeCache } from "./changed-files.ts";
import { isTestPath } from "./code-pairs.ts";
import { cleanMessage } from "./commit-message.ts";
import { diffLines } from "./line-diff.ts";
import type { Pair } from "./pair.ts";
import { isLearnable } from "./select-files.ts";
import { asciiShare } from "./words.ts";

const MAX_FILES = 12;
const MAX_HUNKS = 6;
const CONTEXT_LINES = 3;
/** Of one commit the files with most new lines, code before documents before tests. */
const PAIRS_PER_COMMIT = 2;

export function commitPairs(repository: Repository, newest: string): Pair[] {
  const pairs: Pair[] = [];
  const trees = new TreeCache(repository);
  const seen = new Set([newest]);
  // in breadth, through merges too: roughly from new to old, and the same on every machine
  for (const id of seen) {
    const commit = readCommit(repository, id);
    if (commit === null) continue;
    for (const parent of commit.parents) if (seen.size < EXTRACT.maxCommits) seen.add(parent);
    const query = commit.parents.length === 1 ? cleanMessage(commit.message) : null;
    const before = query === null ? null : readCommit(repository, commit.parents[0] as string);
    if (query !== null && before !== null)
      pairs.push(...pairsOf({ repository, trees, query, before: before.tree, after: commit.tree }));
  }
  return pairs;
}

interface Commit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
}

/** null: not here, as beyond the end of a shallow clone. */
function readCommit(repository: Repository, id: string): Commit | null {
  if (!repository.objects.has(id)) return null;
  const { bytes } = repository.objects.read(id);
  const text = bytes.toString("utf8");
  const blank = text.indexOf("\n\n");
  const header = blank < 0 ? text : text.slice(0, blank);
  const parents = [...header.matchAll(/^parent ([0-9a-f]{40})$/gm)].map((match) => match[1] as string);
  return { tree: parseCommit(bytes).tree, parents, message: blank < 0 ? "" : text.slice(blank + 2) };
}

function pairsOf(of: {
  repository: Repository;
  trees: TreeCache;
  query: string;
  before: string;
  after: string;
}): Pair[] {
  const files = changedFiles(of.trees, of.before, of.after, MAX_FILES);
  if (files === null) return [];
  const candidates = files
    .filter(({ path }) => isLearnable(path))
    .flatMap(({ path, before, after }) => {
      const text = readText(of.repository, after);
      const old = before === null ? "" : readText(of.repository, before);
      if (text === null || old === null) return [];
      const { hunks, added } = hunksOf(old === "" ? [] : old.split("\n"), text.split("\n"));
      if (added === 0 || hunks.length < 60 || asciiShare(hunks) < 0.9) return [];
      const language = languageOf(path).name;
      const rank = isTestPath(path) ? 2 : language === "markdown" || language === "restructuredtext" ? 1 : 0;
      return [{ path, hunks, rank, added }];
    });
  candidates.sort((a, b) => a.rank - b.rank || b.added - a.added);
  return candidates
    .slice(0, PAIRS_PER_COMMIT)
    .map(({ path, hunks }) => ({ kind: "commit", query: of.query, path, symbol: null, contents: hunks }));
}

function hunksOf(before: readonly string[], after: readonly string[]): { hunks: string; added: number } {
  const parts: string[] = [];
  let added = 0;
  let shown = 0;
  for (const { start, end } of diffLines(before, after)) {
    added += end - start;
    if (parts.length >= MAX_HUNKS) continue;
    parts.push(after.slice(Math.max(shown, start - CONTEXT_LINES), end + CONTEXT_LINES).join("\n"));
    shown = end + CONTEXT_LINES;
  }
  return { hunks: parts.join("\n").slice(0, EXTRACT.maxHunkChars), added };
}

/** null: too large, not there (a partial clone), or no text. */
function readText(repository: Repository, blob: string): string | null {
  if (!repository.objects.has(blob)) return null;
  const { bytes } = repository.objects.read(blob);
  return bytes.length > EXTRACT.maxFileBytes || bytes.includes(0) ? null : bytes.toString("utf8");
}
