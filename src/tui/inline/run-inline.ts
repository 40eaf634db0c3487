/** `search -i` from its first byte on the terminal to its last; whatever ends it, the terminal is as it was. */
import type { Home } from "../../home/home.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { SearchHit } from "../../protocol/search-api.ts";
import { movesCursor } from "../../report/terminal-kind.ts";
import { captureOutput } from "../capture-output.ts";
import { startReading } from "../effects/reading-client.ts";
import { startGuard, terminalSettings } from "../guard.ts";
import type { SearchFilters } from "../model/state.ts";
import { untilEnded } from "../until-ended.ts";
import { glyphsFor } from "../view/glyphs.ts";
import { inlineLines } from "./inline-lines.ts";
import { InlineSearch, type InlineSearchOptions } from "./inline-search.ts";
import { INLINE_RESTORE, InlineTerminal, type TerminalEnds, terminalEnds } from "./inline-terminal.ts";

export interface InlineOptions {
  readonly home: Home;
  readonly cwd: string;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  readonly stdin: unknown;
  readonly stderr: unknown;
  /** What is typed at once. */
  readonly query: string;
  readonly filters: SearchFilters;
  readonly limit?: number | undefined;
}

/** Of somebody who leaves without a choice. */
const LEFT_EXIT = 130;

/** @returns what was chosen, or the exit code @throws RepobaseError `usage` without a terminal, `repo_not_found` without repositories */
export async function runInline(of: InlineOptions): Promise<SearchHit | number> {
  const { home, cwd, signal } = of;
  refuse(home);
  const ends = terminalEnds(of);
  const settings = await terminalSettings(home.env, ends.inputFd);
  const terminal = new InlineTerminal(ends, !home.env.NO_COLOR);
  const reading = startReading({ env: { ...home.env }, cwd, colour: false });
  const ending = untilEnded(signal);
  let chosen: SearchHit | undefined;
  const end = (hit: SearchHit | undefined) => {
    chosen = hit;
    ending.end(hit ? 0 : LEFT_EXIT);
  };
  const search = searchOn(terminal, ends, { ...of, reading, end });
  const release = captureOutput((line) => search.dispatch({ kind: "logged", line }));
  const guard = startGuard({ env: home.env, settings, restore: INLINE_RESTORE, terminal: ends.outputFd });
  try {
    begin(terminal, search, of.query);
    void reading.warm().catch(() => {}); // a search says what is wrong
    const code = await ending.ended;
    return chosen ?? code;
  } finally {
    const closing = search.close();
    terminal.end();
    release();
    ending.release();
    await guard?.dismiss();
    reading.close(); // a search under way is not waited for
    await closing;
  }
}

function refuse(home: Home): void {
  if (home.config().repos.length === 0)
    throw new RepobaseError("repo_not_found", "there is nothing to search yet", {
      hint: "add a repository with: repobase add <url or path>",
    });
  if (!movesCursor(home.env))
    throw new RepobaseError("usage", "search -i needs a terminal that can move its cursor", {
      hint: "in lines: repobase ui --plain",
    });
}

function searchOn(
  terminal: InlineTerminal,
  { inputFd, outputFd }: TerminalEnds,
  of: Omit<InlineSearchOptions, "size" | "draw" | "screen">,
): InlineSearch {
  const glyphs = glyphsFor(of.home.env);
  const search = new InlineSearch({
    ...of,
    size: terminal.size,
    draw: (state) => terminal.draw(inlineLines(state, glyphs)),
    screen: {
      stdio: [inputFd, outputFd, outputFd],
      lend: async (use) => {
        search.dispatch({ kind: "away", away: true });
        await terminal.lend(use);
        search.dispatch({ kind: "away", away: false });
      },
    },
  });
  return search;
}

function begin(terminal: InlineTerminal, search: InlineSearch, query: string): void {
  terminal.start({
    onKey: (key) => search.press(key),
    onPaste: (text) => search.press({ key: "paste", text }),
    onResize: (size) => search.dispatch({ kind: "resize", ...size }),
  });
  search.show();
  search.dispatch({ kind: "query", text: query });
}
