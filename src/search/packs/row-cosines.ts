/** Cosines of rows of one pack: of a few of them by document, or of all where a pack is compared whole. */
export class RowCosines {
  readonly #few: Map<number, number> | undefined;
  /** NaN: not compared. */
  readonly #all: Float64Array | undefined;

  /** @param of.rows of the pack; @param of.whole most of them will be compared */
  constructor(of: { readonly rows: number; readonly whole: boolean }) {
    if (of.whole) this.#all = new Float64Array(of.rows).fill(Number.NaN);
    else this.#few = new Map();
  }

  /** undefined: not compared. */
  get(doc: number): number | undefined {
    if (this.#all === undefined) return this.#few?.get(doc);
    const cosine = this.#all[doc];
    return Number.isNaN(cosine) ? undefined : cosine;
  }

  set(doc: number, cosine: number): void {
    if (this.#all === undefined) this.#few?.set(doc, cosine);
    else this.#all[doc] = cosine;
  }

  /** All that are `least` at least. */
  above(least: number): [doc: number, cosine: number][] {
    const rows: [number, number][] = [];
    if (this.#all === undefined) {
      for (const row of this.#few ?? []) if (row[1] >= least) rows.push(row);
      return rows;
    }
    for (let doc = 0; doc < this.#all.length; doc++) {
      const cosine = this.#all[doc] as number;
      if (cosine >= least) rows.push([doc, cosine]);
    }
    return rows;
  }

  forEach(visit: (cosine: number) => void): void {
    if (this.#all === undefined) for (const cosine of this.#few?.values() ?? []) visit(cosine);
    else
      for (let doc = 0; doc < this.#all.length; doc++)
        if (!Number.isNaN(this.#all[doc])) visit(this.#all[doc] as number);
  }
}

/** What the last of the best `capacity` of all these has; -Infinity where there are no more. */
export function leastOfBestCosines(packs: readonly RowCosines[], capacity: number): number {
  let kept: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  const cut = () => {
    kept = kept.sort((a, b) => b - a).slice(0, capacity);
    if (kept.length === capacity) least = kept[capacity - 1] as number;
  };
  for (const pack of packs)
    pack.forEach((cosine) => {
      if (cosine <= least) return;
      kept.push(cosine);
      if (kept.length >= 4 * capacity) cut();
    });
  cut();
  return least;
}
