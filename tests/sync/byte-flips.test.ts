/** A slice of `bun scripts/byte-flips.ts`. */
import { expect, test } from "bun:test";
import { flipBytes } from "../helpers/byte-flips.ts";
import { inLong } from "../helpers/long.ts";

const COUNT = inLong(100, 14);

test(`of ${COUNT} flipped bits none changes an answer in silence, and each is repaired`, async () => {
  const tallies = await flipBytes({ seed: 7, count: COUNT });
  expect([...tallies.values()].flatMap(({ wrong }) => wrong)).toEqual([]);
  const sum = (of: "flips" | "refused") => [...tallies.values()].reduce((total, tally) => total + tally[of], 0);
  expect(sum("flips")).toBe(COUNT);
  expect(sum("refused")).toBeGreaterThan(COUNT / 4);
}, 120_000);
