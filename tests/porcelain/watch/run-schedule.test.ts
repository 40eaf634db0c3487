/** When runs are made, by a clock of the test's own: bursts, storms, slow runs, failures, lost events. */
import { beforeEach, describe, expect, test } from "bun:test";
import {
  CHECK_MS,
  MAX_REST_MS,
  MAX_WAIT_MS,
  POLL_MS,
  QUIET_MS,
  type RunOutcome,
  type RunReason,
  RunSchedule,
} from "../../../src/porcelain/watch/run-schedule.ts";

let clock = 0;
let schedule: RunSchedule;
/** A schedule whose folder `a` has had its first look. */
beforeEach(() => {
  clock = 1_000_000;
  schedule = new RunSchedule(() => clock);
  schedule.add("a");
  run("same", 0);
});

/** Waits for the next run and makes it. */
function run(
  outcome: RunOutcome,
  ms: number,
): { readonly at: number; readonly key: string; readonly reason: RunReason } {
  const next = schedule.next();
  if (!next) throw new Error("nothing is due");
  clock = Math.max(clock, next.at);
  const at = clock;
  const reason = schedule.begin(next.key);
  expect(schedule.next()).toBeUndefined();
  clock += ms;
  schedule.end(next.key, outcome);
  return { at, key: next.key, reason };
}

/** Runs, each `ms` long, until `end`, while an event comes every `every` ms. @returns how many, and the time they took */
function storm(end: number, every: number, ms: number, outcome: RunOutcome) {
  let [runs, busy] = [0, 0];
  for (let event = clock; event < end; event += every) {
    const next = schedule.next();
    if (next && next.at <= event) {
      run(outcome, ms);
      runs++;
      busy += ms;
    }
    clock = Math.max(clock, event);
    schedule.note("a");
  }
  return { runs, busy };
}

test("a new folder is looked at at once, then only now and then", () => {
  schedule.add("b");
  expect(run("changed", 50)).toEqual({ at: 1_000_000, key: "b", reason: "start" });
  expect(run("same", 10)).toEqual({ at: 1_000_000 + CHECK_MS, key: "a", reason: "check" });
  expect(run("same", 10)).toMatchObject({ key: "b", reason: "check" });
});

test("the events of a save are one run, a moment after the last", () => {
  expect(schedule.note("a")).toBe(true);
  clock += 20;
  expect(schedule.note("a")).toBe(false);
  expect(run("changed", 30)).toEqual({ at: clock - 30, key: "a", reason: "change" });
  expect(clock - 30).toBe(1_000_000 + 20 + QUIET_MS);
  expect(run("same", 1).reason).toBe("check");
});

describe("1,000 edits", () => {
  test("in bursts with pauses: one run after each burst, and nothing left to do", () => {
    for (let burst = 0; burst < 10; burst++) {
      for (let i = 0; i < 100; i++, clock += 2) schedule.note("a");
      const last = clock - 2;
      expect(run("changed", 80)).toMatchObject({ at: last + QUIET_MS, reason: "change" });
      clock += 500;
    }
    expect(schedule.next()?.at).toBeGreaterThan(clock + CHECK_MS / 2);
  });

  test("without a pause: a run every few seconds all the same", () => {
    const began = clock;
    const { runs } = storm(began + 20_000, 20, 80, "changed");
    expect(runs).toBeGreaterThanOrEqual(5);
    expect(runs).toBeLessThanOrEqual(20_000 / MAX_WAIT_MS);
  });
});

test("slow runs: at most half of the time is spent on them", () => {
  const began = clock;
  const { runs, busy } = storm(began + 600_000, 50, MAX_REST_MS, "changed");
  expect(runs).toBeGreaterThan(10);
  expect(busy / (clock - began)).toBeLessThanOrEqual(0.51);
});

test("a very long run is followed by a short rest: whoever saves then need not wait as long again", () => {
  schedule.note("a");
  run("changed", 60_000);
  schedule.note("a");
  expect(schedule.next()?.at).toBe(clock + MAX_REST_MS);
});

test("several folders share that half", () => {
  for (const key of ["b", "c", "d"]) schedule.add(key);
  const began = clock;
  let busy = 0;
  while (clock < began + 600_000) {
    for (const key of ["a", "b", "c", "d"]) schedule.note(key);
    run("changed", 4000);
    busy += 4000;
  }
  expect(busy / (clock - began)).toBeLessThanOrEqual(0.51);
});

test("looks that find nothing, while a build writes what git ignores, cost a tenth", () => {
  const began = clock;
  const { runs, busy } = storm(began + 60_000, 10, 100, "same");
  expect(runs).toBeGreaterThan(10);
  expect(busy / (clock - began)).toBeLessThanOrEqual(0.11);
});

test("an event during a run is the next run's", () => {
  schedule.note("a");
  const next = schedule.next();
  clock = next?.at ?? 0;
  schedule.begin("a");
  clock += 40;
  schedule.note("a");
  clock += 40;
  schedule.end("a", "changed");
  expect(run("same", 5).reason).toBe("change");
});

test("a lost event: the folder is looked at without one", () => {
  expect(run("changed", 5)).toMatchObject({ at: 1_000_000 + CHECK_MS, reason: "check" });
});

test("without events it is looked at every few seconds", () => {
  schedule.poll("a");
  for (let i = 0; i < 5; i++) {
    const before = clock;
    expect(run("same", 10)).toMatchObject({ reason: "check" });
    expect(clock - before).toBeLessThanOrEqual(POLL_MS + 10);
  }
});

test("git at work is waited for, in steps", () => {
  schedule.note("a");
  clock += QUIET_MS;
  for (let i = 0; i < 20; i++) {
    expect(schedule.next()?.at).toBe(clock);
    schedule.hold("a");
    clock += QUIET_MS;
  }
  expect(run("changed", 5)).toMatchObject({ at: 1_000_000 + 21 * QUIET_MS, reason: "change" });
});

test("a run of another process is waited for, and soon asked for again", () => {
  schedule.note("a");
  run("busy", 0);
  const waits: number[] = [];
  for (let i = 0; i < 5; i++) {
    const before = clock;
    expect(run("busy", 0).reason).toBe("retry");
    waits.push(clock - before);
  }
  expect(waits).toEqual([1000, 2000, 4000, 5000, 5000]);
  expect(run("changed", 10).reason).toBe("retry");
  expect(run("same", 10).reason).toBe("check");
});

test("what fails is tried less and less often, events or not", () => {
  for (let i = 0; i < 10; i++) {
    schedule.note("a");
    run("failed", 10);
  }
  schedule.note("a");
  expect(schedule.next()?.at).toBe(clock + 60_000);
});

test("a folder that is gone is looked for every few seconds, and indexed when it is back", () => {
  schedule.note("a");
  run("gone", 0);
  for (let i = 0; i < 3; i++) expect(run("gone", 0).reason).toBe("start");
  const { at } = run("changed", 10);
  expect(at).toBe(1_000_000 + QUIET_MS + 4 * POLL_MS);
});

test("a folder that is taken out is asked for no more", () => {
  schedule.note("a");
  schedule.remove("a");
  expect(schedule.next()).toBeUndefined();
  expect(schedule.note("a")).toBe(false);
});
