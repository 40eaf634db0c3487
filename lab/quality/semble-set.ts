/** semble's question set: a question in plain words, or a symbol -> files. Only the folder `benchmark_root` is in the tree. */
import { join } from "node:path";
import { GitSnapshot } from "./git-snapshot.ts";
import type { Question } from "./question.ts";
import { writeTree } from "./write-tree.ts";

interface Repository {
  readonly name: string;
  readonly language: string;
  readonly url: string;
  readonly revision: string;
  readonly benchmark_root?: string | null;
}
type Target = string | { readonly path: string };
interface Annotation {
  readonly query: string;
  readonly relevant: readonly Target[];
  readonly secondary: readonly Target[];
  readonly category: string;
}

export async function prepareSemble(of: {
  mirror: string;
  semble: string;
  out: string;
  say: (line: string) => void;
}): Promise<Question[]> {
  const repositories = (await Bun.file(join(of.semble, "repos.json")).json()) as Repository[];
  const questions: Question[] = [];
  for (const repository of repositories) {
    const { name, language, revision } = repository;
    const snapshot = GitSnapshot.of(of.mirror, repository.url.replace(/^.*github\.com\//, "").replace(/\.git$/, ""));
    const pinned = await snapshot.resolve(revision);
    const commit = pinned ?? (await snapshot.resolve("HEAD"));
    if (commit === undefined) throw new Error(`no snapshot of ${repository.url} in ${of.mirror}`);
    const root = repository.benchmark_root ?? null;
    const files = await snapshot.files(commit, root);
    const tree = `semble-${name}`;
    await writeTree(join(of.out, "trees", tree), files);
    // some annotations count from the benchmark root
    const full = (target: Target): string[] => {
      const path = typeof target === "string" ? target : target.path;
      return [path, `${root}/${path}`].filter((candidate) => files.has(candidate)).slice(0, 1);
    };
    const annotations = (await Bun.file(join(of.semble, "annotations", `${name}.json`)).json()) as Annotation[];
    let lost = 0;
    for (const { query, relevant, secondary, category } of annotations) {
      const targets = [...relevant, ...secondary];
      const paths = new Set(targets.flatMap(full));
      lost += targets.length - targets.flatMap(full).length;
      if (paths.size === 0) continue;
      questions.push({
        set: "semble",
        repo: name,
        tree,
        language,
        category,
        q: query.replace(/\s+/g, " "),
        answers: Array.from(paths, (path) => ({ path })),
      });
    }
    const note = [
      pinned ? "" : `HEAD ${commit.slice(0, 10)}, the snapshot lacks ${revision.slice(0, 10)}`,
      lost ? `${lost} targets not in the tree` : "",
    ];
    of.say(
      `${tree}: ${files.size} files, ${annotations.length} questions${note
        .filter(Boolean)
        .map((n) => `; ${n}`)
        .join("")}`,
    );
  }
  return questions;
}
