/** A slice of `bun scripts/byte-flips.ts`. */
import { expect, test } from "bun:test";
import { flipBytes } from "../helpers/byte-flips.ts";

test("of 40 flipped bits none changes an answer in silence, and each is repaired", async () => {
  const tallies = await flipBytes({ seed: 7, count: 40 });
  expect([...tallies.values()].flatMap(({ wrong }) => wrong)).toEqual([]);
  const sum = (of: "flips" | "refused") => [...tallies.values()].reduce((total, tally) => total + tally[of], 0);
  expect(sum("flips")).toBe(40);
  expect(sum("refused")).toBeGreaterThan(10);
}, 120_000);
