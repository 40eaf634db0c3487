/**
 * The state on OpenTUI's renderables: a box and a text for each pane, one window above them, and the field that questions are typed
 * into. Places come from `layoutOf`; what is drawn comes from panes.ts and windows.ts.
 */
import { BoxRenderable, type CliRenderer, InputRenderable, TextRenderable } from "@opentui/core";
import { actionsHint } from "../model/hints.ts";
import { layoutOf, type Rect } from "../model/layout.ts";
import { type Pane, selectedHit, type UiState } from "../model/state.ts";
import type { Glyphs } from "./glyphs.ts";
import { filterWords, previewPane, reposPane, resultsPane, type Room } from "./panes.ts";
import { cutPath, cutText, type Line, piece, row, visible } from "./pieces.ts";
import { messageLine, statusLine } from "./status-line.ts";
import type { Theme } from "./theme.ts";
import { windowOf } from "./windows.ts";

interface Framed {
  readonly box: BoxRenderable;
  readonly text: TextRenderable;
}

const PANES: readonly Pane[] = ["repos", "search", "results", "preview"];

export class Screen {
  readonly input: InputRenderable;
  readonly #panes: Readonly<Record<Pane, Framed>>;
  readonly #window: Framed;
  readonly #bars: Readonly<Record<"header" | "message" | "status", TextRenderable>>;

  constructor(
    readonly renderer: CliRenderer,
    readonly glyphs: Glyphs,
    readonly theme: Theme,
    readonly now: () => number = Date.now,
  ) {
    const framed = (): Framed => this.#framed();
    this.#panes = { repos: framed(), search: framed(), results: framed(), preview: framed() };
    this.#bars = { header: this.#text(), message: this.#text(), status: this.#text() };
    for (const bar of Object.values(this.#bars)) renderer.root.add(bar);
    const { foreground, background } = theme;
    this.input = new InputRenderable(renderer, {
      position: "absolute",
      placeholder: "search",
      textColor: foreground,
      focusedTextColor: foreground,
      backgroundColor: background,
      focusedBackgroundColor: background,
      maxLength: 4096,
    });
    renderer.root.add(this.input);
    this.#window = framed();
    this.#window.box.zIndex = 10;
    this.#window.text.zIndex = 11;
  }

  draw(state: UiState): void {
    const layout = layoutOf(state);
    const { header, message, status } = this.#bars;
    place(header, layout.header);
    place(message, layout.message);
    place(status, layout.status);
    header.content = this.theme.styled([this.#header(state)]);
    const hint = layout.tiny ? "too small: 20 x 6 at least" : actionsHint(state);
    message.content = this.theme.styled([messageLine(state, hint, this.glyphs)]);
    status.content = this.theme.styled([statusLine(state, this.glyphs)]);
    for (const pane of PANES) this.#pane(state, pane, layout.panes[pane]);
    this.#input(state, layout.panes.search);
    this.#overlay(state, layout.tiny);
    this.renderer.requestRender();
  }

  #header(state: UiState): Line {
    const count = `${state.repos.length} ${state.repos.length === 1 ? "repository" : "repositories"}`;
    return row(
      state.width,
      [piece(" repobase", "strong"), piece(`  ${count}`, "dim")],
      [piece("Ctrl-K commands ", "dim")],
    );
  }

  #pane(state: UiState, pane: Pane, rect: Rect | undefined): void {
    const { box, text } = this.#panes[pane];
    place(box, rect ?? null);
    place(text, rect ? inside(rect) : null);
    if (!rect) return;
    const isFocused = state.focus === pane && !state.modal;
    box.borderColor = isFocused ? this.theme.accent : this.theme.border;
    box.title = ` ${isFocused ? `${this.glyphs.pointer} ` : ""}${this.#title(state, pane, rect.width - 8)} `;
    const room: Room = { width: rect.width - 2, rows: rect.height - 2 };
    const lines = {
      repos: () => reposPane(state, room, this.glyphs),
      search: () => [],
      results: () => resultsPane(state, room, this.glyphs),
      preview: () => previewPane(state, room, this.glyphs),
    }[pane]();
    text.content = this.theme.styled(lines.slice(0, room.rows));
  }

  /** @param width cells that it may take */
  #title(state: UiState, pane: Pane, width: number): string {
    const nameOf = (id: string) => state.repos.find((repo) => repo.id === id)?.name ?? id;
    const { more } = this.glyphs;
    switch (pane) {
      case "repos":
        return "Repositories";
      case "search":
        return cutText(`Search  ${filterWords(state.filters, nameOf)}`, width, more);
      case "results":
        return state.results.length === 0 ? "Results" : `Results ${state.resultAt + 1}/${state.results.length}`;
      case "preview": {
        const hit = selectedHit(state);
        return hit ? cutPath(visible(`${nameOf(hit.repoId)}  ${hit.path}`), width, more) : "Preview";
      }
    }
  }

  #input(state: UiState, rect: Rect | undefined): void {
    const types = rect !== undefined && state.focus === "search" && state.modal === null;
    place(
      this.input,
      rect ? { ...inside(rect), left: rect.left + 2, width: Math.max(1, rect.width - 4), height: 1 } : null,
    );
    if (this.input.value !== state.query) this.input.value = state.query;
    if (types !== this.input.focused) {
      if (types) this.input.focus();
      else this.input.blur();
    }
  }

  #overlay(state: UiState, tiny: boolean): void {
    const { box, text } = this.#window;
    const shown = state.modal && !tiny ? windowOf(state, state.modal, this.glyphs, this.now()) : undefined;
    place(box, shown?.rect ?? null);
    place(text, shown ? inside(shown.rect) : null);
    if (!shown) return;
    box.title = ` ${shown.title} `;
    box.borderColor = this.theme.accent;
    text.content = this.theme.styled(shown.lines);
  }

  #framed(): Framed {
    const box = new BoxRenderable(this.renderer, {
      position: "absolute",
      border: true,
      customBorderChars: this.glyphs.box,
      backgroundColor: this.theme.background,
    });
    const text = this.#text();
    this.renderer.root.add(box);
    this.renderer.root.add(text);
    return { box, text };
  }

  #text(): TextRenderable {
    return new TextRenderable(this.renderer, {
      position: "absolute",
      wrapMode: "none",
      selectable: false,
      content: "",
    });
  }
}

const inside = ({ left, top, width, height }: Rect): Rect => ({
  left: left + 1,
  top: top + 1,
  width: Math.max(0, width - 2),
  height: Math.max(0, height - 2),
});

/** null: it is not shown. */
function place(of: BoxRenderable | TextRenderable | InputRenderable, rect: Rect | null): void {
  of.visible = rect !== null && rect.width > 0 && rect.height > 0;
  if (!rect) return;
  of.left = rect.left;
  of.top = rect.top;
  of.width = rect.width;
  of.height = rect.height;
}
