/**
 * The loop of the full screen: what happens becomes an event, an event the next state, the state a picture, and what is to be done
 * is done beside it. Takes any renderer of OpenTUI's, so tests run it without a terminal.
 */
import type { CliRenderer, KeyEvent, MouseEvent, PasteEvent } from "@opentui/core";
import type { Home } from "../home/home.ts";
import { Effects, type ScreenControl } from "./effects/run-effects.ts";
import type { Jobs } from "./effects/job-client.ts";
import type { Reading } from "./effects/reading.ts";
import { isOn } from "../report/terminal-kind.ts";
import { pressed } from "./keys.ts";
import { oneLine } from "./model/edit-text.ts";
import type { UiEvent } from "./model/events.ts";
import { initialState, type UiState } from "./model/state.ts";
import { takesKey, update } from "./model/update.ts";
import { glyphsFor } from "./view/glyphs.ts";
import { Screen } from "./view/screen.ts";
import { Theme } from "./view/theme.ts";

export interface UiOptions {
  readonly renderer: CliRenderer;
  readonly home: Home;
  readonly cwd: string;
  readonly reading: Reading;
  readonly jobs: Jobs;
  readonly control: Omit<ScreenControl, "copy">;
  readonly query?: string;
  /** ms since the epoch. */
  readonly now?: () => number;
  /** How long nothing is looked at before this machine is again, ms. */
  readonly idleMs?: number;
}

/** Two clicks on one place within this time are a double click. */
const DOUBLE_MS = 400;
const LEFT_BUTTON = 0;

export class Ui {
  state: UiState;
  readonly screen: Screen;
  readonly #effects: Effects;
  readonly #now: () => number;
  #click = { x: -1, y: -1, at: 0 };
  #closed = false;

  constructor({ renderer, home, cwd, reading, jobs, control, query = "", now = Date.now, idleMs }: UiOptions) {
    this.#now = now;
    const watching = isOn(home.env.REPOBASE_UI_WATCH);
    this.state = { ...initialState({ width: renderer.width, height: renderer.height }), watching };
    this.screen = new Screen(renderer, glyphsFor(home.env), new Theme(!home.env.NO_COLOR), now);
    const dispatch = (event: UiEvent) => this.dispatch(event);
    const copy = (text: string) => copied(renderer, text);
    const firstFrame = new Promise<void>((resolve) => renderer.once("frame", () => resolve()));
    const screen = { ...control, copy };
    this.#effects = new Effects({ home, cwd, reading, jobs, dispatch, firstFrame, screen, idleMs });
    renderer.keyInput.on("keypress", (key) => this.#press(key));
    renderer.keyInput.on("paste", (event) => this.#paste(event));
    renderer.on("resize", () => this.dispatch({ kind: "resize", width: renderer.width, height: renderer.height }));
    renderer.on("focus", () => this.dispatch({ kind: "front", on: true }));
    renderer.on("blur", () => this.dispatch({ kind: "front", on: false }));
    renderer.root.onMouse = (event) => this.#mouse(event);
    this.screen.input.on("input", () => this.dispatch({ kind: "query", text: this.screen.input.value }));
    this.screen.draw(this.state);
    if (query !== "") this.dispatch({ kind: "query", text: query });
    this.#effects.run({ kind: "load-repos" });
    if (watching) this.#effects.run({ kind: "watch", on: true });
  }

  dispatch(event: UiEvent): void {
    if (this.#closed) return;
    const { state, effects } = update(this.state, event);
    const isSame = state === this.state;
    this.state = state;
    if (!isSame && !state.away) this.screen.draw(state);
    for (const effect of effects) this.#effects.run(effect);
  }

  /** Cancels what runs; settles when it has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#effects.close();
  }

  #press(event: KeyEvent): void {
    const { key, text } = pressed(event);
    if (!takesKey(this.state, key, text)) return;
    event.preventDefault();
    this.dispatch({ kind: "key", key, text });
  }

  #paste(event: PasteEvent): void {
    if (!this.state.modal) return; // the field takes it
    event.preventDefault();
    this.dispatch({ kind: "paste", text: oneLine(new TextDecoder().decode(event.bytes)) });
  }

  #mouse({ type, button, x, y, scroll }: MouseEvent): void {
    if (type === "scroll" && scroll) {
      const by = scroll.direction === "up" ? -1 : scroll.direction === "down" ? 1 : 0;
      if (by !== 0) this.dispatch({ kind: "wheel", x, y, by });
      return;
    }
    if (type !== "down" || button !== LEFT_BUTTON) return;
    const { x: lastX, y: lastY, at } = this.#click;
    const isDouble = lastX === x && lastY === y && this.#now() - at < DOUBLE_MS;
    this.#click = { x, y, at: isDouble ? 0 : this.#now() };
    this.dispatch({ kind: isDouble ? "double-click" : "click", x, y });
  }
}

/** By OSC 52. @returns false: this terminal has said that it takes none, or has not said anything yet */
function copied(renderer: CliRenderer, text: string): boolean {
  try {
    return renderer.copyToClipboardOSC52(text);
  } catch {
    return false; // the terminal is not set up for it
  }
}
