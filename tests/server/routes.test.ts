/** The public surface of the server: every route, and what a caller needs for it, found out by asking, is what the table of routes says. */
import { expect, test } from "bun:test";
import { parseLine } from "../../src/openapi/document.ts";
import type { Route } from "../../src/openapi/route.ts";
import { SUBJECTS } from "../../src/openapi/table.ts";
import { createApp } from "../../src/server/app.ts";
import { issueKey } from "../../src/server/key-store.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import { parameterNames, routesOf } from "../helpers/hostile-requests.ts";

const HOW = "see src/openapi/table.ts: every route has an entry there, and every entry a route";
const TABLE = new Map(SUBJECTS.flatMap(({ routes }) => Object.entries(routes)));

const SAMPLES: readonly (readonly [RegExp, string])[] = [
  [/:path\{\.\+\}/, "files.lance/data/x.lance"],
  [/:sha256/, "0".repeat(64)],
  [/:tableId/, "0".repeat(32)],
  [/:person/, "github-1"],
  [/:\w+/g, "demo"],
  [/\*$/, "src/a.ts"],
];

const store = new MemoryStore();
const app = createApp({ store, embedQuery: async () => undefined, adminToken: "0123456789abcdef" });
const lines = routesOf(app).map(({ method, path }) => `${method} ${path}`);

test("every route of the server is in the table of routes, and the other way round", () => {
  expect(lines.toSorted(), HOW).toEqual([...TABLE.keys()].toSorted());
  const all = SUBJECTS.flatMap(({ routes }) => Object.keys(routes));
  expect(all.toSorted(), "a route stands in one subject").toEqual([...TABLE.keys()].toSorted());
});

test("what a caller needs for a route is what the table says", async () => {
  const reader = (await issueKey(store, { userId: "alice", scopes: ["read"] })).apiKey;
  const ask = async (line: string, key?: string) => {
    const { method, path } = parseLine(line);
    const url = SAMPLES.reduce((known, [name, sample]) => known.replace(name, sample), path);
    return app.request(url, { method, headers: key === undefined ? {} : { authorization: `Bearer ${key}` } });
  };
  const needs = async (line: string) => {
    if ((await ask(line)).status !== 401) return "nothing";
    const asReader = await ask(line, reader);
    if (asReader.status === 401) return "admin token";
    if (asReader.status !== 403) return "read";
    // a key is refused where only a person will do; else the answer names the scope
    return ((await asReader.json()) as { scope?: string }).scope ?? "a person's session";
  };
  const found: string[] = [];
  for (const line of lines) found.push(`${line}: ${await needs(line)}`);
  const said = Array.from(TABLE, ([line, route]) => `${line}: ${route.needs}`);
  expect(found.toSorted(), HOW).toEqual(said.toSorted());
});

test("every query parameter that the server reads is in the table, and the other way round", async () => {
  const said = new Set(Array.from(TABLE.values(), ({ query = {} }: Route) => Object.keys(query)).flat());
  expect((await parameterNames()).query, HOW).toEqual([...said].toSorted());
});
