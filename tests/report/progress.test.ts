// Progress with a clock of ours: what is said when, how fast, how long still, and that no line is wider than the terminal.
import { expect, test } from "bun:test";
import { Writable } from "node:stream";
import { Pacer, progressOn, type ProgressStep } from "../../src/report/progress.ts";
import { formatProgress } from "../../src/report/progress-text.ts";
import { Report, type Verbosity } from "../../src/report/report.ts";

const UTF8 = { TERM: "xterm", LANG: "en_US.UTF-8" };

function stream(of: { isTTY?: boolean; columns?: number } = {}) {
  const written: string[] = [];
  const out = new Writable({
    write(chunk: Uint8Array, _, done) {
      written.push(new TextDecoder().decode(chunk));
      done();
    },
  });
  return { out: Object.assign(out, of), written };
}

/** The lines that a terminal showed one after the other. */
const shown = (written: readonly string[]): string[] => written.map((text) => text.replace("\r\u001b[2K", ""));

function follow(of: { steady: (second: number) => number; total: number; seconds: number }) {
  const pacer = new Pacer();
  const paces = [];
  for (let second = 0; second <= of.seconds; second++)
    paces.push(
      pacer.pace({ label: "indexing", done: of.steady(second), total: of.total, unit: "files" }, second * 1000),
    );
  return paces;
}

test("rate and time left are not told before they are known, then they are right", () => {
  const paces = follow({ steady: (second) => second * 10, total: 1000, seconds: 10 });
  expect(paces.slice(0, 3).map(({ secondsLeft }) => secondsLeft)).toEqual([null, null, null]);
  expect(paces.slice(3).map(({ perSecond }) => Math.round(perSecond ?? 0))).toEqual([10, 10, 10, 10, 10, 10, 10, 10]);
  expect(Math.round(paces[10]?.secondsLeft ?? 0)).toBe(90);
});

test("a rate that changes is followed smoothly: one fast second does not halve the time left", () => {
  const steady = follow({ steady: (second) => second * 10, total: 10_000, seconds: 20 }).at(-1)?.secondsLeft ?? 0;
  const burst =
    follow({ steady: (s) => s * 10 + (s >= 20 ? 30 : 0), total: 10_000, seconds: 20 }).at(-1)?.secondsLeft ?? 0;
  expect(burst).toBeGreaterThan(steady * 0.6);
  expect(burst).toBeLessThan(steady);
  // for good, it is
  const faster = follow({ steady: (s) => (s < 20 ? s * 10 : 200 + (s - 20) * 40), total: 10_000, seconds: 60 }).at(-1);
  expect(Math.round(faster?.perSecond ?? 0)).toBe(40);
});

test("what stands still has no time left, and what is done has none", () => {
  expect(follow({ steady: () => 5, total: 100, seconds: 10 }).at(-1)?.secondsLeft).toBeNull();
  expect(follow({ steady: (second) => second * 10, total: 100, seconds: 10 }).at(-1)?.secondsLeft).toBeNull();
});

test("another label, or the same from the start, is counted anew", () => {
  const pacer = new Pacer();
  const at = (label: string, done: number, second: number) =>
    pacer.pace({ label, done, total: 100, unit: "files" }, second * 1000).perSecond;
  for (let second = 0; second < 6; second++) at("one", second * 10, second);
  expect(at("one", 60, 6)).not.toBeNull();
  expect(at("two", 0, 7)).toBeNull();
  for (let second = 8; second < 14; second++) at("two", second, second);
  expect(at("two", 0, 15)).toBeNull();
});

const PACE = { perSecond: 1_234_567, secondsLeft: 4000 };
const STEPS: readonly ProgressStep[] = [
  { label: "building the text index", done: 123_456, total: 1_234_567, unit: "files" },
  { label: "sending", done: 1234, total: 5678, unit: "objects", bytes: { done: 123_456_789, total: 999_999_999 } },
  { label: "receiving", done: 12_345_678, unit: "bytes" },
  { label: "loading the model a-model-with-a-name-that-is-rather-long-for-a-line", done: 0, unit: "" },
];

test("no line is wider than there are columns, whatever it tells", () => {
  for (const step of STEPS)
    for (let columns = 1; columns <= 120; columns++)
      for (const bar of [["█", "░"], ["#", "."], undefined] as const) {
        const line = formatProgress(step, PACE, { columns, bar });
        expect({ columns, line, fits: line.length <= columns }).toEqual({ columns, line, fits: true });
      }
});

test("amount, rate and time left: of files, of bytes, and by bytes for objects", () => {
  const text = (step: ProgressStep, pace: Parameters<typeof formatProgress>[1]) =>
    formatProgress(step, pace, { columns: 100, bar: undefined });
  expect(text({ label: "indexing", done: 30, total: 120, unit: "files" }, { perSecond: 3, secondsLeft: 30 })).toBe(
    "indexing 30/120 files, 3.0 files/s, 30 s left",
  );
  expect(
    text({ label: "receiving", done: 3_400_000, unit: "bytes" }, { perSecond: 1_200_000, secondsLeft: null }),
  ).toBe("receiving 3.4 MB, 1.2 MB/s");
  const objects = { done: 3, total: 12, unit: "objects", bytes: { done: 5_000_000, total: 20_000_000 } };
  expect(text({ label: "sending", ...objects }, { perSecond: 2_000_000, secondsLeft: 7.5 })).toBe(
    "sending 3/12 objects, 5.0 MB, 2.0 MB/s, 8 s left",
  );
  expect(text({ label: "loading the model tiny", done: 0, unit: "" }, { perSecond: null, secondsLeft: null })).toBe(
    "loading the model tiny",
  );
});

/** 100 s of indexing, a step each 50 ms. */
function run(of: { isTTY?: boolean; columns?: number }, env: Record<string, string>) {
  const { out, written } = stream(of);
  let now = 0;
  const progress = progressOn(out, env, () => now);
  const times: number[] = [];
  for (; now <= 100_000; now += 50) {
    const before = written.length;
    progress.show({ label: "indexing", done: now / 100, total: 1000, unit: "files" });
    if (written.length > before) times.push(now / 1000);
  }
  return { written, times, progress };
}

test("a terminal of 50 columns has one line that is drawn over, with a bar, and ASCII where Unicode is not shown", () => {
  const { written, progress } = run({ isTTY: true, columns: 50 }, UTF8);
  expect(written.every((text) => text.startsWith("\r\u001b[2K") && !text.includes("\n"))).toBe(true);
  const lines = shown(written);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(50);
  expect(lines[0]).toContain("░");
  expect(lines[500]).toMatch(/left$/);
  expect(lines[0]).not.toContain("left");
  progress.clear();
  expect(written.at(-1)).toBe("\r\u001b[2K");
  const ascii = shown(run({ isTTY: true, columns: 50 }, { ...UTF8, REPOBASE_ASCII: "1" }).written);
  // oxlint-disable-next-line no-control-regex -- finding them is the point
  expect(ascii.every((line) => /^[\x20-\x7e]*$/.test(line))).toBe(true);
});

test("a pipe has whole lines, few of them, more seldom the longer it takes; so has a terminal that cannot go back", () => {
  for (const { written, times } of [run({}, UTF8), run({ isTTY: true }, { TERM: "dumb" })]) {
    expect(times).toEqual([10, 30, 70]);
    expect(written[1]).toBe("indexing 300/1000 files, 10 files/s, 70 s left\n");
  }
});

test("--json and --quiet have none", () => {
  const told = (json: boolean, verbosity: Verbosity) => {
    const { out: stderr, written } = stream({ isTTY: true, columns: 80 });
    const { out: stdout } = stream();
    const report = new Report({ stdout, stderr, json, verbosity, env: UTF8 });
    report.progress({ label: "indexing", done: 1, total: 2, unit: "files" });
    return written.length;
  };
  expect([told(false, "normal"), told(false, "verbose")]).toEqual([1, 1]);
  expect([told(true, "normal"), told(false, "quiet"), told(true, "verbose")]).toEqual([0, 0, 0]);
});
