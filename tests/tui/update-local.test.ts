/** What this machine tells of its repositories, and when the cloud is asked; how paths are cut, and where the list makes room. */
import { expect, test } from "bun:test";
import type { UiEvent } from "../../src/tui/model/events.ts";
import { layoutOf } from "../../src/tui/model/layout.ts";
import { initialState, type LocalLook, type RepoItem, type UiState } from "../../src/tui/model/state.ts";
import { update } from "../../src/tui/model/update.ts";
import { cutPath, cutSymbol } from "../../src/tui/view/pieces.ts";

const repo = (id: string, more: Partial<RepoItem> = {}): RepoItem => ({
  id,
  name: id,
  folder: `/code/${id}`,
  url: null,
  cloudEnabled: true,
  commit: "a".repeat(40),
  ...more,
});
const cloud = { signedIn: true, endpoint: "https://r.example", userId: "ann", enabled: true };
const synced = { word: "synced", ahead: null, behind: null, problem: null, stale: false } as const;

const known: UiState = {
  ...initialState({ width: 120, height: 30 }),
  cloud,
  repos: [repo("api"), repo("web")],
  repoAt: 1,
  loaded: true,
  sync: { api: synced, web: synced },
  sizes: { api: 1, web: 2 },
};
const looked = (look: Partial<LocalLook>): UiEvent => ({
  kind: "looked",
  look: { repos: known.repos, cloud, stale: {}, sizes: {}, ...look },
});

test("a look at this machine alone shows what changed, and keeps the selection on its repository", () => {
  const repos = [repo("new"), ...known.repos];
  const { state, effects } = update(
    known,
    looked({ repos, stale: { api: true, web: false }, sizes: { api: 5, new: 7 } }),
  );
  expect(state.sync.api).toEqual({ ...synced, stale: true });
  expect(state.sync.web).toEqual(synced);
  expect(state.sizes).toEqual({ api: 5, web: 2, new: 7 });
  expect(state.repos[state.repoAt]?.id).toBe("web");
  expect(effects).toEqual([{ kind: "load-sync", repoIds: ["new"] }]);
});

test("the cloud is asked again about another commit and a switch, and about nothing else", () => {
  expect(update(known, looked({ stale: { api: true } })).effects).toEqual([]);
  const committed = looked({ repos: [repo("api", { commit: "b".repeat(40) }), repo("web")] });
  expect(update(known, committed).effects).toEqual([{ kind: "load-sync", repoIds: ["api"] }]);
  const switched = looked({ repos: [repo("api"), repo("web", { cloudEnabled: false })] });
  expect(update(known, switched).effects).toEqual([{ kind: "load-sync", repoIds: ["web"] }]);
});

test("it is looked at while idle and in front, when the terminal comes to the front, and after a job about its repository", () => {
  const all = [{ kind: "look", repoIds: null }] as const;
  expect(update(known, { kind: "idle" }).effects).toEqual([...all]);
  const { state: behind } = update(known, { kind: "front", on: false });
  expect(update(behind, { kind: "idle" }).effects).toEqual([]);
  expect(update(behind, { kind: "front", on: true }).effects).toEqual([...all]);
  const { state: busy } = update({ ...known, focus: "repos" }, { kind: "key", key: "i", text: "i" });
  expect(update(busy, { kind: "idle" }).effects).toEqual([]);
  const ended = update(busy, { kind: "job-end", id: busy.lastJob, text: "done", failed: false });
  expect(ended.effects).toEqual([
    { kind: "look", repoIds: ["web"] },
    { kind: "load-sync", repoIds: ["web"] },
  ]);
});

test("a path keeps its file and line, then its nearest folders and the first", () => {
  const path = "gson/src/main/java/com/google/gson/JsonParser.java:95";
  expect(cutPath(path, 60, "…")).toBe(path);
  expect(cutPath(path, 40, "…")).toBe("gson/…/google/gson/JsonParser.java:95");
  expect(cutPath(path, 27, "…")).toBe("gson/…/JsonParser.java:95");
  expect(cutPath(path, 23, "…")).toBe("…/JsonParser.java:95");
  expect(cutPath(path, 12, "…")).toBe("…ser.java:95");
});

test("a symbol keeps its last names, a heading its last words", () => {
  expect(cutSymbol("ToNumberPolicy.readNumber", 25, "…")).toBe("ToNumberPolicy.readNumber");
  expect(cutSymbol("Outer.ToNumberPolicy.readNumber", 28, "…")).toBe("…ToNumberPolicy.readNumber");
  expect(cutSymbol("ToNumberPolicy.readNumber", 14, "…")).toBe("readNumber");
  expect(cutSymbol("ToNumberPolicy.readNumber", 7, "…")).toBe("…Number");
  expect(cutSymbol("Guide. How a number is parsed", 12, "…")).toBe("…r is parsed");
});

test("below 110 columns the list of repositories makes room while one searches", () => {
  const at = (width: number, more: Partial<UiState>) => layoutOf({ ...known, width, ...more }).panes;
  expect(at(80, { query: "" }).repos).toBeDefined();
  expect(at(80, { query: "token" }).repos).toBeUndefined();
  expect(at(80, { query: "token" }).results?.width).toBe(80);
  expect(at(80, { query: "token", focus: "repos" }).repos).toBeDefined();
  expect(at(110, { query: "token" }).repos).toBeDefined();
});
