/** What is asked of the index, and when: no more than the screen shows, further results below, explanations on demand. */
import { expect, test } from "bun:test";
import type { RankExplanation, SearchHit } from "../../src/protocol/search-api.ts";
import type { UiEffect, UiEvent } from "../../src/tui/model/events.ts";
import { layoutOf, rowsIn } from "../../src/tui/model/layout.ts";
import { initialState, type UiState } from "../../src/tui/model/state.ts";
import { update } from "../../src/tui/model/update.ts";

const hit = (name: string, explain?: RankExplanation): SearchHit => ({
  repoId: "r",
  path: name,
  filename: name,
  language: "typescript",
  startLine: 1,
  endLine: 2,
  symbol: null,
  score: 1,
  snippet: { startLine: 1, text: name, highlights: [] },
  commit: "c".repeat(40),
  chunks: [],
  ...(explain && { explain }),
});

class Played {
  state: UiState;
  effects: readonly UiEffect[] = [];

  constructor(size = { width: 120, height: 60 }) {
    this.state = initialState(size);
  }

  play(event: UiEvent): this {
    const { state, effects } = update(this.state, event);
    [this.state, this.effects] = [state, effects];
    return this;
  }

  key(key: string): this {
    return this.play({ kind: "key", key, text: key });
  }

  found(hits: readonly SearchHit[], generation = this.state.generation): this {
    return this.play({ kind: "found", generation, ms: 1, response: { mode: "hybrid", results: hits, warnings: [] } });
  }

  get asked() {
    return this.effects.find((effect) => effect.kind === "search");
  }
}

const hits = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => hit(`${from + i}.ts`));

test("as many results as the screen shows are asked for; the next ones come below, when the selection comes near the end", () => {
  const played = new Played().play({ kind: "query", text: "token" });
  const rows = rowsIn(layoutOf(played.state).panes.results);
  expect(rows).toBeGreaterThan(10);
  expect(played.asked).toMatchObject({ limit: rows, explain: false });
  played.found(hits(0, rows)).key("down");
  expect(played.asked).toBeUndefined();
  for (let n = 0; n < rows - 6; n++) played.key("down");
  expect(played.asked).toMatchObject({ generation: played.state.generation, limit: 3 * rows });
  const before = played.state.resultAt;
  // a larger answer may see some in another order
  played.found([...hits(rows, rows + 4), ...hits(0, rows)]);
  expect(played.state.results.map(({ path }) => path)).toEqual(hits(0, rows + 4).map(({ path }) => path));
  expect(played.state.resultAt).toBe(before);
  played.key("down");
  expect(played.asked).toBeUndefined(); // there were no more
});

test("an explanation is asked for when it is wanted, and from then on with each question", () => {
  const explained = { score: 1 } as unknown as RankExplanation;
  const played = new Played()
    .play({ kind: "query", text: "token" })
    .found([hit("a.ts")])
    .key("tab")
    .key("e");
  expect(played.asked).toMatchObject({ explain: true, generation: played.state.generation });
  played.found([hit("a.ts", explained)]);
  expect(played.state.results[0]?.explain).toBe(explained);
  expect(played.key("e").asked).toBeUndefined();
  expect(played.key("e").asked).toBeUndefined(); // it is known by now
  expect(played.play({ kind: "query", text: "tokens" }).asked).toMatchObject({ explain: true });
});

test("an answer to an older question changes nothing", () => {
  const played = new Played().play({ kind: "query", text: "a" }).play({ kind: "query", text: "ab" });
  const { state } = played;
  expect(played.found([hit("old.ts")], state.generation - 1).state).toBe(state);
});
