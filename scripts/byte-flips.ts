/**
 * `bun scripts/byte-flips.ts [count] [seed]`: so many flipped bits (default 1,000), at random places of every kind of file of an
 * index, here and in the bucket. Prints a line for each kind; exits 1 when any search lied, said nothing of the file, or was not mended.
 */
import { flipBytes } from "../tests/helpers/byte-flips.ts";

const [count = 1000, seed = 1] = process.argv.slice(2).map(Number);
const started = performance.now();
const tallies = await flipBytes({
  seed,
  count,
  onFlip: (done) => {
    if (done % 50 === 0) console.error(`${done} of ${count}, ${Math.round((performance.now() - started) / 1000)} s`);
  },
});
let wrong = 0;
console.log("files | flips | answers as before | refused by name | wrong");
for (const [name, tally] of [...tallies].sort(([a], [b]) => (a < b ? -1 : 1))) {
  console.log([name, tally.flips, tally.same, tally.refused, tally.wrong.length].join(" | "));
  for (const what of tally.wrong) console.log(`  ${what}`);
  wrong += tally.wrong.length;
}
process.exit(wrong === 0 ? 0 : 1);
