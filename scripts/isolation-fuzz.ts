/**
 * `bun scripts/isolation-fuzz.ts [count] [seed]`: so many hostile requests (default 100,000) to all routes of the server, in the name of one space
 * against another. Prints what each route answered; exits 1 when an answer told of the other space, changed it, or was a failure of the server.
 */
import { fuzzIsolation } from "../tests/helpers/isolation-fuzz.ts";

const [count = 100_000, seed = 1] = process.argv.slice(2).map(Number);
const started = performance.now();
const { statuses, routes, wrong } = await fuzzIsolation({
  seed,
  count,
  onRound: (done) => {
    if (done % 5000 === 0) console.error(`${done} of ${count}, ${Math.round((performance.now() - started) / 1000)} s`);
  },
});
console.log("route | answers below 400 | of");
for (const [name, { well, all }] of [...routes].sort(([a], [b]) => (a < b ? -1 : 1)))
  console.log([name, well, all].join(" | "));
console.log(
  [...statuses]
    .sort(([a], [b]) => a - b)
    .map(([status, times]) => `${status}: ${times}`)
    .join(", "),
);
for (const what of wrong.slice(0, 100)) console.log(what);
console.log(`${wrong.length} of ${count} wrong`);
process.exit(wrong.length === 0 ? 0 : 1);
