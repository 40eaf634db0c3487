/**
 * The full screen in lines: a prompt, numbered answers, words for everything that is a key there. Nothing moves the cursor and no line
 * is ever drawn again, so a screen reader, a dumb terminal and a pipe can follow.
 */
import { editorOf } from "../../home/editor.ts";
import type { Home } from "../../home/home.ts";
import { fileInFolder } from "../../porcelain/folder/file-in-folder.ts";
import { formatPermalink } from "../../page/permalink.ts";
import { hostLink } from "../../page/host-link.ts";
import { ageText } from "../../text/age.ts";
import { isCommit, shortCommit } from "../../protocol/ids.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { parseSearchRequest } from "../../protocol/search-question.ts";
import { SEARCH_MODES, type SearchHit } from "../../protocol/search-api.ts";
import { describeRank } from "../../report/search-text.ts";
import { formatBytes } from "../../text/figures.ts";
import { editorCommand } from "../effects/editor.ts";
import { runJob } from "../effects/jobs.ts";
import { describeProblem } from "../effects/problem.ts";
import type { Reading } from "../effects/reading.ts";
import { cloudHere, itemOf, reposHere, syncFailed, syncOf } from "../effects/repo-state.ts";
import {
  type SearchFilters,
  initialState,
  type JobKind,
  NO_FILTERS,
  type RepoItem,
  type RepoSync,
} from "../model/state.ts";
import { cloudWords } from "../view/status-line.ts";
import { glyphsFor } from "../view/glyphs.ts";

export interface PlainOptions {
  readonly home: Home;
  readonly cwd: string;
  readonly reading: Reading;
  /** The lines that were typed. */
  readonly lines: AsyncIterable<string>;
  /** A line for the user. */
  readonly say: (text: string) => void;
  readonly prompt: () => void;
  readonly signal: AbortSignal;
}

/** Results of one answer: as many as one listens to. */
const LIMIT = 10;
/** Lines that `show` reads out. */
const SHOWN = 30;
/** Progress is said this often, ms. */
const PROGRESS_MS = 5000;

export const PLAIN_HELP = `type a question, or one of:
  :show N       the code of result N
  :open N       result N in your editor
  :link N       a permalink to result N
  :why N        why result N ranks where it does
  :mode WORD    keyword, semantic or hybrid
  :path GLOB, :lang WORD, :ref WORD, :only REPO   filters; without a word: none
  :repos        the repositories and how they stand to the cloud
  :commits REPO the indexed commits
  :push REPO, :pull REPO, :index REPO
  :quit`;

export async function runPlain(options: PlainOptions): Promise<void> {
  const session = new PlainSession(options);
  options.say("repobase, in lines; :help lists the words");
  options.prompt();
  for await (const line of options.lines) {
    if (options.signal.aborted || !(await session.take(line.trim()))) return;
    options.prompt();
  }
}

class PlainSession {
  #hits: readonly SearchHit[] = [];
  #filters: SearchFilters = NO_FILTERS;

  constructor(private readonly of: PlainOptions) {}

  /** @returns false: the end */
  async take(line: string): Promise<boolean> {
    if (line === "") return true;
    const [word = "", ...rest] = line.split(/\s+/);
    if (word === ":quit" || word === ":q") return false;
    try {
      if (word.startsWith(":")) await this.#command(word.slice(1), rest.join(" "));
      else await this.#search(line);
    } catch (error) {
      if (this.of.signal.aborted) throw error;
      this.of.say(`error: ${describeProblem(error)}`);
    }
    return true;
  }

  async #command(word: string, argument: string): Promise<void> {
    const { say } = this.of;
    switch (word) {
      case "help":
        return say(PLAIN_HELP);
      case "repos":
        return this.#repos();
      case "show":
        return this.#show(this.#hit(argument));
      case "open":
        return this.#open(this.#hit(argument));
      case "link":
        return say(this.#link(this.#hit(argument)));
      case "why": {
        const { explain } = this.#hit(argument);
        return say(explain ? describeRank(explain) : "not known");
      }
      case "mode": {
        const mode = SEARCH_MODES.find((each) => each === argument);
        if (!mode) throw usage(`a mode is one of ${SEARCH_MODES.join(", ")}`);
        return this.#filter({ mode });
      }
      case "path":
      case "lang":
      case "ref":
        return this.#filter({ [word]: argument });
      case "only":
        return this.#filter({ repos: argument === "" ? [] : [this.#repo(argument).id] });
      case "commits":
        return this.#commits(this.#repo(argument).id);
      case "push":
      case "pull":
      case "index":
        return this.#job(word, this.#repo(argument));
      default:
        throw usage(`there is no ":${word}"; :help lists the words`);
    }
  }

  async #search(q: string): Promise<void> {
    const { reading, say } = this.of;
    const { results, warnings } = await reading.search(
      parseSearchRequest({ q, ...this.#filters, limit: LIMIT, explain: true }),
    );
    this.#hits = results;
    for (const warning of warnings) say(`warning: ${warning}`);
    if (results.length === 0) return say("no matches");
    const several = new Set(results.map(({ repoId }) => repoId)).size > 1;
    results.forEach(({ path, startLine, endLine, symbol, repoId }, i) =>
      say(
        `${i + 1}. ${path}, lines ${startLine} to ${endLine}${symbol === null ? "" : `, ${symbol}`}${several ? `, in ${repoId}` : ""}`,
      ),
    );
  }

  #filter(change: Partial<SearchFilters>): void {
    this.#filters = { ...this.#filters, ...change };
    const { mode, path, lang, ref, repos } = this.#filters;
    const parts = [mode, path && `path ${path}`, lang && `language ${lang}`, ref && `at ${ref}`, ...repos];
    this.of.say(`searching: ${parts.filter((part) => part !== "").join(", ")}`);
  }

  async #show(hit: SearchHit): Promise<void> {
    const { lines, from } = await this.of.reading.preview(hit);
    const at = hit.startLine - from;
    lines
      .slice(at, at + SHOWN)
      .forEach((spans, i) => this.of.say(`${hit.startLine + i}: ${spans.map(({ text }) => text).join("")}`));
  }

  async #open(hit: SearchHit): Promise<void> {
    const { env } = this.of.home;
    const { folder } = this.#repo(hit.repoId);
    if (folder === null) throw new RepobaseError("not_found", `the files of ${hit.repoId} are not on this machine`);
    const file = fileInFolder(folder, hit.path);
    const { command } = editorCommand({ editor: editorOf(env), file, line: hit.startLine });
    await Bun.spawn([...command], { cwd: folder, stdio: ["inherit", "inherit", "inherit"], env: { ...env } }).exited;
  }

  #link({ repoId, commit, path, startLine, endLine }: SearchHit): string {
    const { url } = this.#repo(repoId);
    const ref = isCommit(commit) ? commit : null;
    const link = { repo: repoId, ref, path, lines: { from: startLine, to: endLine } };
    return hostLink(url, link) ?? formatPermalink(link);
  }

  async #repos(): Promise<void> {
    const { home, cwd, reading, say, signal } = this.of;
    const { repositoryStatus } = await import("../../porcelain/sync/repo-status.ts");
    const repos = reposHere(home, cwd);
    if (repos.length === 0) return say("no repositories yet; add one with: repobase add <url or path>");
    const sizes = await reading.sizes(repos.map(({ id }) => id));
    const sync: Record<string, RepoSync> = {};
    for (const repo of repos) {
      const found = await repositoryStatus({ home, repo, signal }).then(syncOf, syncFailed);
      sync[repo.id] = found;
      const size = sizes[repo.id];
      const apart = [found.ahead && `${found.ahead} ahead`, found.behind && `${found.behind} behind`].filter(Boolean);
      const parts = [
        found.word,
        ...apart,
        found.problem,
        size ? formatBytes(size) : "not indexed",
        found.stale ? "changed since it was indexed" : "",
      ];
      say(`${repo.name}: ${parts.filter(Boolean).join(", ")}`);
    }
    const state = { ...initialState({ width: 0, height: 0 }), repos: repos.map(itemOf), sync, cloud: cloudHere(home) };
    say(`cloud: ${cloudWords(state, { ...glyphsFor(home.env), cloud: "" }).text.trim()}`);
  }

  async #commits(repoId: string): Promise<void> {
    for (const { commit, branches, tags, pushedAt, fileCount } of await this.of.reading.commits(repoId))
      this.of.say(
        [shortCommit(commit), ...branches, ...tags, `${fileCount} files`, ageText(pushedAt, Date.now())].join(", "),
      );
  }

  async #job(kind: JobKind, item: RepoItem): Promise<void> {
    const { home, cwd, say, signal } = this.of;
    const repo = reposHere(home, cwd).find(({ id }) => id === item.id);
    if (!repo) throw new RepobaseError("repo_not_found", `"${item.id}" is no longer registered`);
    let saidAt = performance.now();
    say(
      await runJob(kind, {
        home,
        repo,
        signal,
        onWarning: (text) => say(`warning: ${text}`),
        onStep: ({ label, done, total, unit }) => {
          if (performance.now() - saidAt < PROGRESS_MS) return;
          saidAt = performance.now();
          say(total > 0 ? `${label}, ${Math.floor((100 * done) / total)} percent` : `${label}, ${done} ${unit}`);
        },
      }),
    );
  }

  #hit(number: string): SearchHit {
    const hit = this.#hits[Number(number) - 1];
    if (!hit)
      throw usage(this.#hits.length === 0 ? "search first" : `a result is a number from 1 to ${this.#hits.length}`);
    return hit;
  }

  #repo(name: string): RepoItem {
    const { home, cwd } = this.of;
    const repos = reposHere(home, cwd).map(itemOf);
    const found = repos.filter((repo) => repo.id === name || repo.name === name);
    const [only] = found;
    if (only && found.length === 1) return only;
    throw usage(`which repository? one of: ${repos.map((repo) => repo.name).join(", ")}`);
  }
}

const usage = (text: string): RepobaseError => new RepobaseError("usage", text);
