/** One file, or some of its lines, put together again from the index. */
import type { Home } from "../../home/home.ts";
import { findRepo } from "../../protocol/find-repo.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { readFile } from "../../search/read-file.ts";
import { type ShownFile, shownFile } from "../../search/shown-file.ts";
import type { ViewCache } from "../../search/view-cache.ts";
import { asCheckedOut } from "../folder/checkout.ts";
import { makeViewCache, openLocalViews } from "./open-local.ts";

/**
 * @param of.place `path`, `path:from` or `path:from-to`; lines count from 1
 * @throws RepobaseError `repo_not_found`, `ref_not_found`, `not_found` for a path the index does not have, `usage`
 */
export async function showFile(of: {
  home: Home;
  repo: string;
  place: string;
  ref: string | null;
  /** In a linked git work tree of the repository, that one is meant. */
  cwd: string;
  /** Of open tables; default: one for this call. */
  cache?: ViewCache;
  signal?: AbortSignal | undefined;
}): Promise<ShownFile> {
  const { signal, cache = makeViewCache() } = of;
  const repo = findRepo(asCheckedOut(of.home.config().repos, of.cwd, of.home.env), of.repo);
  const views = await openLocalViews({ home: of.home, repo, ref: of.ref, cache, signal });
  const find = async (path: string) => {
    for (const view of views) {
      const file = await readFile({ view, path, signal });
      if (file) return file;
    }
    return undefined;
  };
  // a path may itself end like a range of lines: the whole of it is tried first
  const whole = await find(of.place);
  if (whole) return shownFile(whole, ALL_LINES);
  const { path, from, to } = parsePlace(of.place);
  const file = path === of.place ? undefined : await find(path);
  if (!file)
    throw new RepobaseError("not_found", `"${path}" is not in the index of "${repo.id}"`, {
      hint: "skipped files are listed by: repobase index --json",
    });
  return shownFile(file, { from, to });
}

const ALL_LINES = { from: 1, to: Number.POSITIVE_INFINITY };

function parsePlace(place: string): { path: string; from: number; to: number } {
  const match = /^(.+):(\d+)(?:-(\d+))?$/.exec(place);
  if (!match) return { path: place, ...ALL_LINES };
  const [, path = "", first = "", last] = match;
  const from = Number(first);
  const to = last === undefined ? from : Number(last);
  if (from < 1 || to < from) throw new RepobaseError("usage", `not a range of lines: "${place}"`);
  return { path, from, to };
}
