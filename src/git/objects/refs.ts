/** Branches and tags as git keeps them: one file per ref, or a line of `packed-refs`; the file wins. */
import { join } from "node:path";
import { errnoOf } from "../../files/file-errors.ts";
import { readRegularFile } from "../../files/read-regular-file.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { isGitId } from "../../protocol/ids.ts";
import { isRefName } from "./ref-name.ts";

export interface ResolvedRef {
  /** The last name in the chain of symbolic refs, for instance `refs/heads/main`; `HEAD` when detached. */
  readonly name: string;
  /** 40 hex digits; null: the name exists only as a promise (a branch without commits). */
  readonly id: string | null;
}

/** git's own limit on symbolic refs that name symbolic refs. */
const MAX_DEPTH = 5;

/**
 * @param gitdir where `HEAD` lies (a linked work tree has its own)
 * @param commonDir where all other refs lie
 * @throws RepobaseError `damaged_repository` when HEAD is neither an id nor a symbolic ref, or refs go in a circle
 */
export function resolveHead(gitdir: string, commonDir: string): ResolvedRef {
  const text = readRefFile(join(gitdir, "HEAD"));
  if (text === undefined) throw new RepobaseError("not_a_repository", `"${gitdir}" has no HEAD`);
  return follow({ commonDir, name: "HEAD", text, depth: 0 });
}

/** @param name in full, for instance `refs/heads/main`. @returns undefined when there is no such ref */
export function resolveFullRef(commonDir: string, name: string): ResolvedRef | undefined {
  const text = readRefText(commonDir, name);
  return text === undefined ? undefined : follow({ commonDir, name, text, depth: 0 });
}

function follow(step: { commonDir: string; name: string; text: string; depth: number }): ResolvedRef {
  const { commonDir, name, text, depth } = step;
  if (isGitId(text)) return { name, id: text };
  const target = /^ref:\s*(refs\/.+)$/.exec(text)?.[1];
  if (target === undefined || !isRefName(target) || depth >= MAX_DEPTH)
    throw new RepobaseError("damaged_repository", `ref "${name}" is damaged in "${commonDir}"`, {
      hint: "run: git fsck",
    });
  const next = readRefText(commonDir, target);
  return next === undefined
    ? { name: target, id: null }
    : follow({ commonDir, name: target, text: next, depth: depth + 1 });
}

function readRefText(commonDir: string, name: string): string | undefined {
  return readRefFile(join(commonDir, name)) ?? packedRefs(commonDir).get(name)?.id;
}

/** Lines are `<id> <name>`, and `^<id>` for what the tag above points at in the end; comments are passed over. */
export function packedRefs(
  commonDir: string,
): ReadonlyMap<string, { readonly id: string; readonly peeled: string | null }> {
  const refs = new Map<string, { id: string; peeled: string | null }>();
  let last: { id: string; peeled: string | null } | undefined;
  for (const line of (readRefFile(join(commonDir, "packed-refs")) ?? "").split("\n")) {
    if (line.startsWith("^") && last !== undefined && isGitId(line.slice(1, 41))) last.peeled = line.slice(1, 41);
    if (!isGitId(line.slice(0, 40)) || line[40] !== " ") continue;
    last = { id: line.slice(0, 40), peeled: null };
    refs.set(line.slice(41).trimEnd(), last);
  }
  return refs;
}

/** A name may be a folder (`refs/heads/feature`) or run through a file: then there is no such ref. */
function readRefFile(path: string): string | undefined {
  try {
    return readRegularFile(path).toString("utf8").trim();
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EISDIR", "ENAMETOOLONG"].includes(errnoOf(error) ?? "")) return undefined;
    throw new RepobaseError("io_error", `cannot read "${path}"`, { cause: error });
  }
}
