/**
 * Which clones are learned from: those of repositories.tsv that lie in the mirror and are in no way questions' ground
 * (excluded.txt). The commit of the table where the clone has it, else its HEAD; which of the two is recorded.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { head, openRepository, resolveRef } from "../../src/git/objects/repository.ts";
import { RepobaseError } from "../../src/protocol/errors.ts";

export interface Source {
  /** `owner/name` */
  readonly repo: string;
  readonly gitdir: string;
  readonly commit: string;
  /** Is it the commit of repositories.tsv? */
  readonly pinned: boolean;
  /** SPDX expression. */
  readonly licence: string;
}

/** What may be learned from. Every part of an expression with AND must be among them, one of an OR. */
const PERMISSIVE = /^(MIT|Apache-2\.0|BSD-2-Clause|BSD-3-Clause|ISC)$/;

/** Folder name of `owner/name` in the mirror. */
export const mirrorName = (repo: string): string => repo.replace("/", "+");

export function parseTable(text: string): { repo: string; commit: string; licence: string }[] {
  const [, ...rows] = text.trim().split("\n");
  return rows.map((row) => {
    const [repo = "", commit = "", licence = ""] = row.split("\t");
    return { repo, commit, licence };
  });
}

export function isPermissive(licence: string): boolean {
  return licence.split(" OR ").some((choice) => choice.split(" AND ").every((part) => PERMISSIVE.test(part)));
}

/**
 * @param only names to keep; none given: all
 * @throws RepobaseError `failure` where a listed repository is excluded or not permissive: the table itself is wrong then
 */
export async function findSources(of: { mirror: string; only: readonly string[] }): Promise<Source[]> {
  const here = import.meta.dir;
  const excluded = new Set((await Bun.file(join(here, "excluded.txt")).text()).trim().toLowerCase().split("\n"));
  const sources: Source[] = [];
  for (const { repo, commit, licence } of parseTable(await Bun.file(join(here, "repositories.tsv")).text())) {
    if (excluded.has(repo.toLowerCase())) throw new RepobaseError("failure", `${repo} is excluded from training`);
    if (!isPermissive(licence)) throw new RepobaseError("failure", `${repo} has the licence ${licence}`);
    if (of.only.length > 0 && !of.only.includes(repo)) continue;
    const gitdir = join(of.mirror, mirrorName(repo), "repo");
    if (!existsSync(join(gitdir, "HEAD"))) continue;
    const chosen = chooseCommit(gitdir, commit);
    if (chosen !== null) sources.push({ repo, gitdir, licence, ...chosen });
  }
  return sources;
}

function chooseCommit(gitdir: string, listed: string): { commit: string; pinned: boolean } | null {
  const repository = openRepository(gitdir, {});
  try {
    if (repository.objects.has(listed)) return { commit: resolveRef(repository, listed).commit, pinned: true };
    const newest = head(repository);
    return newest && { commit: newest.commit, pinned: false };
  } finally {
    repository.objects.close();
  }
}
