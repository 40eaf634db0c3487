/** `repobase search`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { ERROR_TABLE } from "../protocol/errors.ts";
import type { SearchHit, SearchRequest } from "../protocol/search-api.ts";
import { parseSearchRequest } from "../protocol/search-question.ts";
import { describeStale, describeStats, formatSearch } from "../report/search-text.ts";
import { isOn } from "../report/terminal-kind.ts";
import { BaseCommand, EXIT_STATUS } from "./base-command.ts";
import { type RecordKind, recordKind, recordPrinter } from "./search-records.ts";

export class SearchCommand extends BaseCommand {
  static override paths = [["search"]];
  static override usage = Command.Usage({
    category: "Search",
    description: "Search the indexed repositories.",
    details: `
      Hybrid by default: keywords and meaning together. Works offline; --remote asks your server instead.

      With -i you search as you type in a few lines below the prompt: arrows move, Enter prints path:line (or by --format), Ctrl-O opens the editor, Esc leaves with 130
      and prints nothing. Only the choice goes to standard output.

      For scripts: --format prints each result by a template of {path}, {file} (as the current folder sees it), {line}, {column}, {startLine}, {endLine},
      {symbol}, {kind}, {language}, {score}, {repo}, {commit} and {text}, with backslash t, n and 0 for tab, line feed and NUL; --files prints paths, --vimgrep what editors read.

      ${EXIT_STATUS}
    `,
    examples: [
      ["A question", 'repobase search "where do we refresh tokens"'],
      ["An identifier, in one repository, as JSON", "repobase search parseHeader --mode keyword --repo hono --json"],
      ["An old commit, one folder", 'repobase search "retry" --ref v4.1.0 --path "src/**"'],
      ["As you type, then in an editor", 'vim $(repobase search -i --format "+{line} {file}")'],
      ["Fields of your choice", "repobase search retry --format '{repo} {path}:{line} {symbol}'"],
      ["The files, safely, to another program", "repobase search retry --files -0 | xargs -0 wc -l"],
    ],
  });

  query = Option.Rest({ name: "query" });
  mode = Option.String("--mode", { description: "keyword, semantic or hybrid.", env: "REPOBASE_SEARCH_MODE" });
  repo = Option.Array("--repo", { description: "Only this repository; may be repeated." });
  ref = Option.String("--ref", { description: "Branch, commit, commit prefix, or worktree." });
  glob = Option.String("--path", { description: "Only paths that match this glob." });
  lang = Option.String("--lang", { description: "Only this language." });
  limit = Option.String("-n,--limit", {
    description: "How many files (1-100, default 10).",
    env: "REPOBASE_SEARCH_LIMIT",
  });
  remote = Option.Boolean("--remote", false, { description: "Ask the server instead of the local indexes." });
  explain = Option.Boolean("--explain", false, { description: "Say why each result ranks where it does." });
  stats = Option.Boolean("--stats", false, {
    description: "Say what the search cost: reads, bytes, waves, time by stage.",
  });
  fresh = Option.Boolean("--fresh", false, {
    description: "Bring the folders up to date first.",
  });
  stdin = Option.Boolean("--stdin", false, {
    description: "Read queries from standard input, one a line; one answer a line with --json.",
  });

  interactive = Option.Boolean("-i,--interactive", false, {
    description: "Search as you type, below the prompt; Enter prints path:line.",
  });
  format = Option.String("--format", { description: "Print each result by this template." });
  files = Option.Boolean("--files", false, { description: "Print paths alone, each once." });
  vimgrep = Option.Boolean("--vimgrep", false, { description: "Print path:line:column:text, for editors." });
  null = Option.Boolean("-0,--null", false, { description: "End each record with NUL instead of a line feed." });

  protected async run(): Promise<number> {
    const kind = recordKind(this);
    if (this.interactive) return this.searchInteractively(kind);
    const { localSearch, remoteSearch, localFile } = await import("../porcelain/search/search.ts");
    const first = this.stdin ? undefined : this.request(this.query.join(" "));
    const search = this.remote
      ? remoteSearch(this.home, this.context.signal)
      : localSearch(this.home, { cwd: this.context.cwd, signal: this.context.signal });
    const locate = this.remote || this.json ? () => undefined : localFile(this.home, this.context.cwd);
    const fileUrl = (hit: SearchHit) => {
      const file = locate(hit.repoId, hit.path);
      return file ? Bun.pathToFileURL(file).href : undefined;
    };
    const printRecords =
      kind && (await recordPrinter({ home: this.home, cwd: this.context.cwd, report: this.report }, kind));
    const answer = async (request: SearchRequest) => {
      if (this.fresh || isOn(this.home.env.REPOBASE_FRESH)) await this.refresh(request);
      const response = await search(request);
      for (const stale of response.stale ?? []) this.report.warn(describeStale(stale));
      for (const warning of response.warnings) this.report.warn(warning, { always: response.partial === true });
      if (response.stats && !this.json) this.report.info(describeStats(response.stats));
      if (printRecords) printRecords(response.results);
      else this.report.result(response, formatSearch({ response, style: this.report.style, fileUrl }));
      return response.partial ? ERROR_TABLE.partial.exit : 0;
    };
    if (first) return answer(first);
    let worst = 0;
    const { createInterface } = await import("node:readline"); // takes 5 ms to load
    for await (const line of createInterface({ input: this.context.stdin }))
      if (line.trim() !== "") worst = Math.max(worst, await answer(this.request(line)));
    return worst;
  }

  private async searchInteractively(kind: RecordKind | undefined): Promise<number> {
    const { refuseBeside, searchInteractively } = await import("./search-interactively.ts");
    const { context, home, report, remote, stdin, fresh, explain } = this;
    refuseBeside({ remote, stdin, fresh, explain });
    const query = this.query.join(" ");
    const request = this.request(query === "" ? "anything" : query);
    const limit = this.limit === undefined ? undefined : request.limit;
    return searchInteractively({ context, home, report, query, request, limit, kind });
  }

  /** Brings the folders that are meant up to date; where nothing changed, that costs no more than to find it out. */
  private async refresh(request: SearchRequest): Promise<void> {
    if (this.remote) return;
    const { indexRepository } = await import("../porcelain/indexing/index-repo.ts");
    const { foldersMeant } = await import("../porcelain/search/search.ts");
    for (const repo of foldersMeant(this.home, request, this.context.cwd))
      await indexRepository({
        home: this.home,
        repo,
        model: null,
        maxFileBytes: null,
        onProgress: (step) => this.report.progress(step),
        onWarning: (warning) => this.report.warn(warning),
        signal: this.context.signal,
      });
  }

  private request(q: string): SearchRequest {
    const { mode, limit, repo: repos, ref, glob: path, lang, explain, stats } = this;
    return parseSearchRequest({ q, mode, limit, repos, ref, path, lang, explain, stats });
  }
}
