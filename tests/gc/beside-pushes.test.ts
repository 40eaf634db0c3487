/** The long form: `bun scripts/soak.ts gc` (2,000 seeds). */
import { expect, test } from "bun:test";
import { type GcTally, runGcBesidePushes } from "../helpers/gc-beside-pushes.ts";
import { inLong } from "../helpers/long.ts";

test("clean-ups beside pushes delete nothing that is needed, and all that is not", async () => {
  const total = { moved: 0, deleted: 0, relied: 0 };
  for (let seed = 1; seed <= inLong(2000, 25); seed++) {
    const tally: GcTally = await runGcBesidePushes(seed);
    for (const name of ["moved", "deleted", "relied"] as const) total[name] += tally[name];
  }
  // it did happen
  expect(total.moved).toBeGreaterThan(25);
  expect(total.deleted).toBeGreaterThan(25);
  expect(total.relied).toBeGreaterThan(25);
});
