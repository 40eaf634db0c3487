/** When segments are merged: sizes alone decide. */
import { describe, expect, test } from "bun:test";
import { MAX_SEGMENTS, mergeFrom } from "../../src/table/segments.ts";
import { Random } from "../helpers/random.ts";

/** Sizes after a push of `fresh` rows. */
function pushed(sizes: readonly number[], fresh: number, sparesBase = false) {
  const all = [...sizes, fresh];
  const from = mergeFrom(all, sparesBase);
  const written = all.slice(from).reduce((a, b) => a + b, 0);
  return { sizes: [...all.slice(0, from), written], written };
}

describe("mergeFrom", () => {
  test.each([
    { rows: [100], from: 0 },
    { rows: [100, 50], from: 1 },
    { rows: [100, 51], from: 0 },
    { rows: [100, 40, 15], from: 0 },
    { rows: [100, 30, 15], from: 2 },
    { rows: [100, 20, 15], from: 1 },
    // five hold; the sixth joins the fifth
    { rows: [1600, 400, 100, 24, 8, 4], from: 4 },
    { rows: [], from: -1 },
  ])("$rows: the segments from $from on become one", ({ rows, from }) => {
    expect(mergeFrom(rows)).toBe(from);
  });

  test("a base that is not to be touched stays, however small it is", () => {
    expect(mergeFrom([10, 500, 400], true)).toBe(1);
    expect(mergeFrom([10, 500], true)).toBe(1);
    expect(mergeFrom([10], true)).toBe(0);
  });

  test.each([
    { base: 30_000, sparesBase: false },
    { base: 30, sparesBase: false },
    { base: 30_000, sparesBase: true },
  ])("1,000 pushes on $base rows, base spared: $sparesBase: at most five, each twice its newer ones", (of) => {
    const random = new Random(7);
    let sizes: readonly number[] = [of.base];
    let [written, fresh] = [0, 0];
    for (let push = 0; push < 1000; push++) {
      const rows = 1 + random.below(60);
      const after = pushed(sizes, rows, of.sparesBase);
      sizes = after.sizes;
      written += after.written;
      fresh += rows;
      expect(sizes.length).toBeLessThanOrEqual(MAX_SEGMENTS);
      let newer = 0;
      for (const [i, size] of [...sizes.entries()].toReversed()) {
        const isForced = i === MAX_SEGMENTS - 1 || (of.sparesBase && i === 0);
        if (newer > 0 && !isForced) expect(size).toBeGreaterThanOrEqual(2 * newer);
        newer += size;
      }
    }
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(of.base + fresh);
    // each row is written about once for each level
    expect(written / fresh).toBeLessThan(10);
  });
});
