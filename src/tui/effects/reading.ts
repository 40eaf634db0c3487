/**
 * What the full screen reads of the local indexes: answers, files in colour, commits. One set of open tables for all of it. Runs in
 * a thread of its own (reading-thread.ts), so that a search never holds up a key.
 */
import type { Home } from "../../home/home.ts";
import { type CodeToken, spansByLine } from "../../page/code-spans.ts";
import { localCommits, localIndexSize } from "../../porcelain/search/local-index.ts";
import { makeViewCache } from "../../porcelain/search/open-local.ts";
import { localSearch } from "../../porcelain/search/search.ts";
import { showFile } from "../../porcelain/search/show.ts";
import type { IndexedCommit } from "../../protocol/browse-api.ts";
import type { SearchHit, SearchRequest, SearchResponse } from "../../protocol/search-api.ts";
import { parseSearchRequest } from "../../protocol/search-question.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { type CodePreview, keyOfHit, type LocalLook, type RepoSync } from "../model/state.ts";
import { cloudHere, itemOf, reposHere, syncFailed, syncOf } from "./repo-state.ts";

/** Lines of a file that are shown around a result: nobody scrolls further without opening it. */
const BEFORE = 400;
const AFTER = 800;
/** What stands above a window of code and may open a comment or a string. */
const MAX_COLOURED = 100_000;
const MAX_COMMITS = 200;
/** Any question does. */
const WARM = parseSearchRequest({ q: "where is main", limit: 1 });

export interface Reading {
  /** Opens what a search needs, so that the first one is as quick as the second. */
  warm(): Promise<void>;
  search(request: SearchRequest): Promise<SearchResponse>;
  preview(hit: SearchHit): Promise<CodePreview>;
  commits(repo: string): Promise<readonly IndexedCommit[]>;
  /** How it stands to its folder and to the cloud; never rejected. */
  sync(repo: string): Promise<RepoSync>;
  /** What can be told without asking any server. @param ids of those to look at; null: all */
  look(ids: readonly string[] | null): Promise<LocalLook>;
  /** Bytes by repository; null: no index, or one that cannot be read. */
  sizes(repos: readonly string[]): Promise<Readonly<Record<string, number | null>>>;
}

/** @param of.colour false: code is shown without colours, and no grammar is loaded */
export function openReading(of: { readonly home: Home; readonly cwd: string; readonly colour: boolean }): Reading {
  const { home, cwd, colour } = of;
  const cache = makeViewCache();
  const search = localSearch(home, { cwd, cache, stale: false });
  const sizes = async (repos: readonly string[]) => {
    const entries = repos.map(async (repo) => [repo, await sizeOrNone(home, repo)] as const);
    return Object.fromEntries(await Promise.all(entries));
  };
  return {
    async warm() {
      if (home.config().repos.length > 0) await search(WARM).catch(() => {}); // a search of the user's says what is wrong
    },
    search,
    async preview(hit) {
      const { contents, language } = await showFile({
        home,
        repo: hit.repoId,
        place: hit.path,
        ref: hit.commit,
        cwd,
        cache,
      });
      const { text, from } = windowOf(contents, hit);
      const tokens = colour ? await colourOf(text, language, hit.path) : [];
      const lines = spansByLine({ text, tokens, marks: marksIn(text, from, hit) });
      return { key: keyOfHit(hit), lines, from, whole: true };
    },
    commits: (repo) => localCommits({ home, repo, cache, limit: MAX_COMMITS }),
    async sync(id) {
      const repo = reposHere(home, cwd).find((each) => each.id === id);
      const { repositoryStatus } = await import("../../porcelain/sync/repo-status.ts");
      return repo
        ? repositoryStatus({ home, repo }).then(syncOf, syncFailed)
        : syncFailed(new Error(`no repository "${id}"`));
    },
    sizes,
    async look(ids) {
      const repos = reposHere(home, cwd);
      const looked = repos.filter(({ id }) => ids === null || ids.includes(id));
      const { findStale } = await import("../../porcelain/folder/staleness.ts");
      const stale: Record<string, boolean> = {};
      // one after the other: nobody waits for them
      for (const repo of looked) stale[repo.id] = (await findStale(home, repo)) !== undefined;
      const sizesNow = await sizes(looked.map(({ id }) => id));
      return { repos: repos.map(itemOf), cloud: cloudHere(home), stale, sizes: sizesNow };
    },
  };
}

async function sizeOrNone(home: Home, repo: string): Promise<number | null> {
  try {
    return await localIndexSize({ home, repo });
  } catch (error) {
    // a damaged index has no size; a search of it says what is wrong
    if (isRepobaseError(error)) return null;
    throw error;
  }
}

function windowOf(contents: string, { startLine }: SearchHit): { text: string; from: number } {
  const lines = contents.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const from = Math.max(1, startLine - BEFORE);
  return { text: lines.slice(from - 1, startLine + AFTER).join("\n"), from };
}

async function colourOf(text: string, language: string, path: string): Promise<readonly CodeToken[]> {
  if (text.length > MAX_COLOURED) return [];
  const { tokensOf } = await import("../../page/highlight.ts");
  return tokensOf(text, language, path);
}

/** The snippet's matches, where they stand in the text; none where that is not what the snippet shows. */
function marksIn(text: string, from: number, { snippet }: SearchHit): (readonly [number, number])[] {
  let at = 0;
  for (let line = from; line < snippet.startLine; line++) {
    const end = text.indexOf("\n", at);
    if (end < 0) return [];
    at = end + 1;
  }
  if (!text.startsWith(snippet.text, at)) return [];
  return snippet.highlights.map(([start, end]) => [at + start, at + end] as const);
}
