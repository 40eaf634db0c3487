import { describe, expect, test } from "bun:test";
import { BitmapSet, decodeBitmap } from "../../src/protocol/bitmap-set.ts";
import { encodeBitmap } from "../../src/protocol/roaring.ts";
import { isRepobaseError } from "../../src/protocol/errors.ts";

const range = (from: number, to: number, step = 1) =>
  Uint32Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
const join = (...parts: Uint32Array[]) => Uint32Array.from(parts.flatMap((p) => Array.from(p)));

const SETS: Record<string, { values: Uint32Array; bytes: number }> = {
  empty: { values: new Uint32Array(), bytes: 8 },
  one: { values: Uint32Array.of(7), bytes: 18 },
  "largest value": { values: Uint32Array.of(0, 0xffffffff), bytes: 28 },
  run: { values: range(100, 60_000), bytes: 4 + 1 + 4 + 6 },
  "full container": { values: range(0, 65_536), bytes: 15 },
  array: { values: range(0, 8192, 2), bytes: 8 + 8 + 8192 },
  bitmap: { values: range(0, 65_536, 2), bytes: 8 + 8 + 8192 },
  "three kinds, four containers": {
    values: join(range(5, 500), range(65_536, 131_072, 3), range(200_000, 200_100, 7), Uint32Array.of(4_000_000_000)),
    bytes: 4 + 1 + 16 + 16 + 6 + 8192 + 30 + 2,
  },
};

describe("roaring", () => {
  for (const [name, { values, bytes }] of Object.entries(SETS))
    test(`${name}: round trip in the smallest form`, () => {
      const encoded = encodeBitmap(values);
      expect(encoded.length).toBe(bytes);
      expect(decodeBitmap(encoded, values.length)).toEqual(values);
      const set = new BitmapSet(encoded);
      expect(set.last).toBe(values.at(-1) ?? -1);
      const members = new Set(values);
      for (const at of [...values.subarray(0, 300), ...values.subarray(-300)])
        for (const near of [at - 1, at, at + 1].filter((v) => v >= 0 && v <= 0xffffffff))
          expect(set.has(near)).toBe(members.has(near));
    });

  test("bytes of the format's own layout", () => {
    // Cookie, one container, high 0, three values, at offset 16.
    expect(encodeBitmap(Uint32Array.of(1, 3, 500)).toHex()).toBe("3a30000001000000000002001000000001000300f401");
    // Run cookie, n - 1 = 0, flag byte, high 0, 10 values, one run of first 4 and length 10 - 1.
    expect(encodeBitmap(range(4, 14)).toHex()).toBe("3b3000000100000900010004000900");
    expect(decodeBitmap(new Uint8Array(), 0)).toEqual(new Uint32Array());
  });

  test("refuses input that is not ascending", () => {
    for (const bad of [
      [3, 3],
      [4, 2],
      [70_000, 5],
    ])
      expect(() => encodeBitmap(Uint32Array.from(bad))).toThrow("not strictly ascending");
  });

  test("truncated and flipped bytes: corrupt_index or an ascending set, never anything else", () => {
    let refused = 0;
    for (const { values } of Object.values(SETS)) {
      const good = encodeBitmap(values);
      const cuts = Array.from({ length: Math.min(good.length, 60) }, (_, i) => good.slice(0, good.length - 1 - i));
      const flips = Array.from({ length: Math.min(good.length, 60) * 8 }, (_, i) => {
        const copy = good.slice();
        copy[i >> 3] = (copy[i >> 3] as number) ^ (1 << (i & 7));
        return copy;
      });
      for (const bytes of [...cuts.filter((b) => b.length > 0), ...flips])
        try {
          const out = decodeBitmap(bytes, 1 << 20);
          expect(out.every((v, i) => i === 0 || v > (out[i - 1] as number))).toBe(true);
        } catch (error) {
          if (!isRepobaseError(error, "corrupt_index", "unsupported_format")) throw error;
          refused++;
        }
      for (const bytes of cuts.filter((b) => b.length > 0)) expect(() => new BitmapSet(bytes)).toThrow(/^bitmap /);
    }
    expect(refused).toBeGreaterThan(500);
  });

  test("a short bitmap cannot claim gigabytes", () => {
    const n = 65_536;
    const bytes = new Uint8Array(4 + n / 8 + 4 * n + 4 * n + 6 * n);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 12347 | ((n - 1) << 16), true);
    bytes.fill(0xff, 4, 4 + n / 8);
    for (let i = 0; i < n; i++) {
      view.setUint16(4 + n / 8 + 4 * i, i, true);
      view.setUint16(4 + n / 8 + 4 * i + 2, 0xffff, true);
      const start = 4 + n / 8 + 8 * n + 6 * i;
      view.setUint32(4 + n / 8 + 4 * n + 4 * i, start, true);
      view.setUint16(start, 1, true);
      view.setUint16(start + 4, 0xffff, true);
    }
    const set = new BitmapSet(bytes);
    expect(set.size).toBe(2 ** 32);
    expect(set.has(4_000_000_000)).toBe(true);
    expect(() => set.values(1 << 24)).toThrow("above the limit");
  });
});
