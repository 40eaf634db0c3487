/** Commands killed between any two writes while another device pushes. `bun scripts/soak.ts kills` runs 500 of these. */
import { expect, test } from "bun:test";
import { runKills } from "../helpers/killed-devices.ts";

test("S1-S4 six seeds of killed index runs, pushes and pulls of two devices: no update is lost", async () => {
  let killed = 0;
  for (let seed = 1; seed <= 6; seed++) killed += await runKills(seed);
  expect(killed).toBeGreaterThan(12);
}, 60_000);
