/** Promise S6: a slice of `bun scripts/isolation-fuzz.ts`, which sends 100,000. */
import { expect, test } from "bun:test";
import { fuzzIsolation } from "../helpers/isolation-fuzz.ts";
import { inLong } from "../helpers/long.ts";

test("S6: hostile requests to every route tell nothing of another space, change nothing of it, and break nothing", async () => {
  const { routes, wrong } = await fuzzIsolation({ seed: 1, count: inLong(20_000, 600) });
  expect(wrong).toEqual([]);
  // it does come past the walls
  const [well, all] = [...routes.values()].reduce(([a, b], route) => [a + route.well, b + route.all], [0, 0]);
  expect(well).toBeGreaterThan(all / 20);
  expect(routes.size).toBeGreaterThan(30);
}, 300_000);
