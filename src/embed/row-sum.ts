/**
 * The inner loop of the built-in model as a WebAssembly module: a weighted sum of int8 rows, eight columns at a time. Each
 * column is multiplied and added in double precision in the order of the rows, as a plain loop does, so the sums have the
 * same bits; it is four times as fast as JavaScript, and from the first call on.
 */

export type SumRows = (rows: number, weights: number, rowsEnd: number, sum: number) => void;

/**
 * @param dim a multiple of 8
 * @returns exports `sumRows(rows, weights, rowsEnd, sum)`, all of them addresses in the imported memory `env.memory`: u32
 *   addresses of at least one row, as many f64, the end of the first list, and room for `dim` f64
 */
export function rowSumModule(dim: number): Uint8Array<ArrayBuffer> {
  const code = [...vector(LOCALS), ...body(dim), END];
  const signature = [0x60, ...vector([[I32], [I32], [I32], [I32]]), ...vector([])];
  return new Uint8Array([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [signature]),
    ...section(2, [[...name("env"), ...name("memory"), 2, 0, 1]]),
    ...section(3, [[0]]),
    ...section(7, [[...name("sumRows"), 0, 0]]),
    ...section(10, [[...leb(code.length), ...code]]),
  ]); // prettier-ignore
}

const leb = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)]);
const vector = (items: readonly (readonly number[])[]): number[] => [...leb(items.length), ...items.flat()];
const section = (id: number, items: readonly (readonly number[])[]): number[] => [
  id,
  ...leb(vector(items).length),
  ...vector(items),
];
const name = (text: string): number[] => vector(Array.from(text, (c) => [c.charCodeAt(0)]));

const [I32, V128] = [0x7f, 0x7b];
const [END, LOOP, BR_IF] = [0x0b, [0x03, 0x40], [0x0d, 0]];
const [ADD, LESS, LOAD] = [0x6a, 0x49, [0x28, 2, 0]];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const tee = (local: number): number[] => [0x22, local];
// constants are signed
const constant = (value: number): number[] =>
  value < 64 ? [0x41, value] : [0x41, (value & 127) | 128, ...constant(value >> 7).slice(1)];

const simd = (opcode: number, ...immediates: number[]): number[] => [0xfd, ...leb(opcode), ...immediates];
const LOAD_8_INT8 = simd(0x01, 0, 0); // to i16x8
const LOAD_SPLAT = simd(0x0a, 3, 0); // f64 to f64x2
const ZERO = simd(0x0c, ...Array.from({ length: 16 }, () => 0));
const SHUFFLE_HIGH_TO_LOW = simd(0x0d, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
const WIDEN_LOW = simd(0xa7); // i16x8 to i32x4
const WIDEN_HIGH = simd(0xa8);
const TO_DOUBLES = simd(0xfe); // the low half of i32x4 to f64x2
const [MULTIPLY, ADD_DOUBLES] = [simd(0xf2), simd(0xf0)];
const store = (local: number, i: number): number[] => [...get(SUM), ...get(local), ...simd(0x0b, 3, ...leb(16 * i))];

// parameters, then locals
const [ROWS, WEIGHTS, ROWS_END, SUM, COLUMN, ROW_AT, WEIGHT_AT, SUMS, INT16, INT32, WEIGHT] = [
  0,
  1,
  2,
  3,
  4,
  5,
  6,
  [7, 8, 9, 10],
  11,
  12,
  13,
] as const;
const LOCALS = [[3, I32], [7, V128]]; // prettier-ignore

/** For each eight columns: for each row: four sums of two columns. */
function body(dim: number): number[] {
  const addTwo = (sum: number, half: number[]) => [
    ...get(sum),
    ...get(INT32),
    ...half,
    ...TO_DOUBLES,
    ...get(WEIGHT),
    ...MULTIPLY,
    ...ADD_DOUBLES,
    ...set(sum),
  ];
  const addFour = (widen: number[], [low, high]: readonly number[]) => [
    ...get(INT16), ...widen, ...set(INT32), ...addTwo(low as number, []), ...addTwo(high as number, [...get(INT32), ...SHUFFLE_HIGH_TO_LOW]),
  ]; // prettier-ignore
  return [
    ...LOOP,
    ...SUMS.flatMap((sum) => [...ZERO, ...set(sum)]),
    ...get(ROWS), ...set(ROW_AT), ...get(WEIGHTS), ...set(WEIGHT_AT),
    ...LOOP,
    ...get(ROW_AT), ...LOAD, ...get(COLUMN), ADD, ...LOAD_8_INT8, ...set(INT16),
    ...get(WEIGHT_AT), ...LOAD_SPLAT, ...set(WEIGHT),
    ...addFour(WIDEN_LOW, SUMS.slice(0, 2)), ...addFour(WIDEN_HIGH, SUMS.slice(2)),
    ...get(WEIGHT_AT), ...constant(8), ADD, ...set(WEIGHT_AT),
    ...get(ROW_AT), ...constant(4), ADD, ...tee(ROW_AT), ...get(ROWS_END), LESS, ...BR_IF,
    END,
    ...SUMS.flatMap(store),
    ...get(SUM), ...constant(64), ADD, ...set(SUM),
    ...get(COLUMN), ...constant(8), ADD, ...tee(COLUMN), ...constant(dim), LESS, ...BR_IF,
    END,
  ]; // prettier-ignore
}
