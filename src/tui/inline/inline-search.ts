/**
 * Search as you type in a few lines: the full screen's own state and searches, fewer keys. Knows no terminal; whoever runs it
 * gives it keys and draws its state.
 */
import type { Home } from "../../home/home.ts";
import type { SearchHit } from "../../protocol/search-api.ts";
import { startJobs } from "../effects/job-client.ts";
import type { Reading } from "../effects/reading.ts";
import { itemOf, reposHere } from "../effects/repo-state.ts";
import { Effects, type ScreenControl } from "../effects/run-effects.ts";
import type { Pressed } from "../keys.ts";
import { editText } from "../model/edit-text.ts";
import type { UiEvent } from "../model/events.ts";
import { say } from "../model/said.ts";
import { initialState, type SearchFilters, selectedHit, type UiState } from "../model/state.ts";
import { MOVES, update } from "../model/update.ts";

export interface InlineSearchOptions {
  readonly home: Home;
  readonly cwd: string;
  readonly reading: Reading;
  readonly filters: SearchFilters;
  /** Files of an answer; absent: as many as the full screen has. */
  readonly limit?: number | undefined;
  readonly screen: Pick<ScreenControl, "lend" | "stdio">;
  readonly size: { readonly width: number; readonly height: number };
  readonly draw: (state: UiState) => void;
  /** @param hit undefined: left without one */
  readonly end: (hit: SearchHit | undefined) => void;
}

const LEAVE: ReadonlySet<string> = new Set(["escape", "ctrl-c", "ctrl-g"]);
const nothing = (): void => {};

export class InlineSearch {
  state: UiState;
  readonly #of: InlineSearchOptions;
  readonly #effects: Effects;
  /** Asked for before the answer was there: it is about the question as it stands. */
  #pending: (() => void) | undefined;
  #ended = false;

  constructor(of: InlineSearchOptions) {
    this.#of = of;
    const { home, cwd, reading, filters, limit, screen, size } = of;
    this.state = { ...initialState(size), filters, repos: reposHere(home, cwd).map(itemOf) };
    this.#effects = new Effects({
      home,
      cwd,
      reading,
      // it is asked for none, so no thread is started
      jobs: startJobs({ env: home.env, cwd }, nothing),
      limit,
      firstFrame: Promise.resolve(),
      dispatch: (event) => this.dispatch(event),
      screen: { ...screen, copy: () => false, redraw: nothing, suspend: nothing, quit: nothing },
    });
  }

  show(): void {
    if (!this.#ended && !this.state.away) this.#of.draw(this.state);
  }

  dispatch(event: UiEvent): void {
    if (this.#ended) return;
    const { state, effects } = update(this.state, event);
    this.state = state;
    // the lines that an answer brings are all that is shown of a file
    for (const effect of effects) if (effect.kind === "search" || effect.kind === "edit") this.#effects.run(effect);
    if (!state.searching) this.#doPending();
    this.show();
  }

  press({ key, text }: Pressed): void {
    if (LEAVE.has(key) || (key === "ctrl-d" && this.state.query === "")) return this.#end(undefined);
    this.#pending = key === "enter" ? () => this.#take() : key === "ctrl-o" ? () => this.#open() : undefined;
    if (this.#pending) return this.state.searching ? undefined : this.#doPending();
    if (MOVES[key] !== undefined) return this.dispatch({ kind: "key", key, text: "" });
    const edited = editText(this.state.query, key, text);
    if (edited !== undefined) this.dispatch({ kind: "query", text: edited });
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#effects.close();
  }

  #doPending(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.();
  }

  #take(): void {
    const hit = selectedHit(this.state);
    if (hit) this.#end(hit);
  }

  #open(): void {
    const repoId = selectedHit(this.state)?.repoId;
    const isHere = this.state.repos.some(({ id, folder }) => id === repoId && folder !== null);
    if (repoId === undefined || isHere) return this.dispatch({ kind: "action", id: "open" });
    this.state = say(this.state, `the files of ${repoId} are not on this machine`, "error");
    this.show();
  }

  #end(hit: SearchHit | undefined): void {
    this.#ended = true;
    this.#of.end(hit);
  }
}
