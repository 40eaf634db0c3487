import { expect, test } from "bun:test";
import { MemoryPieceTable } from "../../src/embed/memory-piece-table.ts";

test.each([8, 16, 384])("sums of %i dimensions have the bits of a plain loop over rows", (dim) => {
  let seed = 7;
  const random = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
  const count = 50;
  const table = Int8Array.from({ length: count * dim }, () => Math.floor(random() * 256) - 128);
  const pieces = new MemoryPieceTable(table, dim);
  for (const length of [1, 2, 3, 50]) {
    const ids = Array.from({ length }, () => Math.floor(random() * count));
    const weights = Array.from({ length }, () => random() * 3);
    const plain = new Float64Array(dim);
    for (const [i, id] of ids.entries())
      for (let column = 0; column < dim; column++)
        plain[column] = (plain[column] ?? 0) + (table[id * dim + column] ?? 0) * (weights[i] ?? 0);
    expect(Buffer.from(pieces.sum({ ids, weights }).slice().buffer)).toEqual(Buffer.from(plain.buffer));
  }
});
