/** The columns that tests write with native LanceDB and read back. */
import { Bool, Float16, Float64, Int32, Int64, Uint16, Uint32, Uint8, Utf8 } from "apache-arrow";
import { scalars, vectors } from "./native.ts";
import type { ColumnSpec } from "./native.ts";

/** Deterministic noise. */
export function noise(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
}
const WORDS = [
  "const",
  "return",
  "function",
  "äöü",
  "=>",
  "await",
  "index",
  "\n  ",
  "{",
  "}",
  "// 漢字",
  "table",
  "0x1f",
];
function text(seed: number, bytes: number): string {
  const next = noise(seed);
  let out = "";
  while (out.length < bytes) out += `${WORDS[(next() >>> 8) % WORDS.length]} ${(next() >>> 16) % 1000} `;
  return out.slice(0, bytes);
}
const ZSTD = { "lance-encoding:compression": "zstd" };

/** A column of every kind and encoding we know LanceDB to write: texts with repeats, unique, long, null, compressed; numbers; lists. */
export function sampleColumns(n: number): Record<string, ColumnSpec> {
  const rows = <T>(make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i));
  const random = noise(7);
  const bytes = (length: number) => Uint8Array.from({ length }, () => random() >>> 24);
  const big = n <= 50 ? 40_000 : 6000;
  return {
    path: scalars(
      new Utf8(),
      rows((i) => `src/dir${i % 40}/file${Math.floor(i / 7)}.ts`),
    ),
    language: scalars(
      new Utf8(),
      rows(() => "typescript"),
    ),
    empty: scalars(
      new Utf8(),
      rows(() => ""),
    ),
    someEmpty: scalars(
      new Utf8(),
      rows((i) => (i % 2 ? "" : text(i, i % 90))),
    ),
    unique: scalars(
      new Utf8(),
      rows((i) => `${(Math.imul(i + 1, 2654435761) >>> 0).toString(16)}-${i}`),
    ),
    contents: scalars(
      new Utf8(),
      rows((i) => text(i, 100 + ((i * 37) % 1500))),
    ),
    long: scalars(
      new Utf8(),
      rows((i) => (i % 9 === 4 ? text(i, big + (i % 7) * 5000) : text(i, 50))),
    ),
    longNull: scalars(
      new Utf8(),
      rows((i) => (i % 5 === 2 ? null : text(i, i % 11 === 0 ? 40_000 : 300))),
    ),
    zstd: scalars(
      new Utf8(),
      rows((i) => text(i, 100 + ((i * 53) % 1200))),
      ZSTD,
    ),
    zstdSmall: scalars(
      new Utf8(),
      rows((i) => text(i, 5 + (i % 30))),
      ZSTD,
    ),
    zstdMini: scalars(
      new Utf8(),
      rows((i) => text(i, 400)),
      { ...ZSTD, "lance-encoding:structural-encoding": "miniblock" },
    ),
    lz4: scalars(
      new Utf8(),
      rows((i) => text(i, 20 + (i % 60))),
      { "lance-encoding:compression": "lz4" },
    ),
    plain: scalars(
      new Utf8(),
      rows((i) => text(i, 20 + (i % 60))),
      { "lance-encoding:compression": "none" },
    ),
    symbol: scalars(
      new Utf8(),
      rows((i) => (i % 3 === 1 ? null : `symbol${i % 30}`)),
    ),
    symbolUnique: scalars(
      new Utf8(),
      rows((i) => (i % 4 === 1 ? null : `${i}${text(i, 12)}`)),
    ),
    symbolConstant: scalars(
      new Utf8(),
      rows((i) => (i % 7 === 2 ? null : "main")),
    ),
    allNull: scalars(
      new Utf8(),
      rows(() => null),
    ),
    fileId: scalars(
      new Uint32(),
      rows((i) => Math.floor(i / 9)),
    ),
    u32: scalars(
      new Uint32(),
      rows((i) => Math.imul(i + 1, 2654435761) >>> 0),
    ),
    chunk: scalars(
      new Uint16(),
      rows((i) => i % 9),
    ),
    u16: scalars(
      new Uint16(),
      rows((i) => (i * 40_503) & 0xffff),
    ),
    u8: scalars(
      new Uint8(),
      rows((i) => (i * 7) & 63),
    ),
    startLine: scalars(
      new Int32(),
      rows((i) => (i % 500) + 1),
    ),
    negative: scalars(
      new Int32(),
      rows((i) => -i * 3),
    ),
    constant: scalars(
      new Int32(),
      rows(() => 7),
    ),
    i32Null: scalars(
      new Int32(),
      rows((i) => (i % 4 === 0 ? null : i)),
    ),
    constantNull: scalars(
      new Int32(),
      rows((i) => (i % 6 === 3 ? null : 7)),
    ),
    i64: scalars(
      new Int64(),
      rows((i) => BigInt(i) * 10000000019n),
    ),
    i64Small: scalars(
      new Int64(),
      rows((i) => BigInt(i % 700)),
    ),
    f64: scalars(
      new Float64(),
      rows((i) => Math.sin(i)),
    ),
    bool: scalars(
      new Bool(),
      rows((i) => i % 3 === 0),
    ),
    boolConstant: scalars(
      new Bool(),
      rows(() => true),
    ),
    zstdInt: scalars(
      new Int32(),
      rows((i) => Math.imul(i, 77777)),
      ZSTD,
    ),
    vector: vectors(new Float16(), 384, new Uint16Array(bytes(n * 768).buffer)),
    smallVector: vectors(new Float16(), 8, new Uint16Array(bytes(n * 16).buffer)),
    code: vectors(new Uint8(), 48, bytes(n * 48)),
    constantCode: vectors(new Uint8(), 48, new Uint8Array(n * 48).fill(5)),
  };
}
