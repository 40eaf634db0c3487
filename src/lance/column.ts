/**
 * One column of one file: plans over all its pages, read in one call per step, and put together. Keeps each page's
 * locator once it was read, as a value: two requests that need it at once both read it, and neither awaits the other.
 */
import type { ByteRange } from "../bytes/byte-source.ts";
import { concatColumns, pickRows } from "./column-data.ts";
import type { ColumnData } from "./column-data.ts";
import { corrupt, within } from "./corruption.ts";
import type { LanceFile } from "./file.ts";
import type { Lists } from "./pages/lists.ts";
import { openListPage, openPage } from "./pages/open-page.ts";
import type { LocatePlan, Locator, Page, Plan, RowPage } from "./pages/page.ts";
import type { ValueShape } from "./schema.ts";

/** Rows by number, whatever a row is made of. */
class RowReader<T> {
  readonly #file: LanceFile;
  readonly #pages: readonly RowPage<T>[];
  readonly #firstRow: readonly number[];
  readonly #locators: (Locator<T> | undefined)[];
  /** Of the locators, about: decoded, a dictionary or a table of chunks takes a few times its bytes. */
  heldBytes = 0;

  constructor(file: LanceFile, pages: readonly RowPage<T>[]) {
    this.#file = file;
    this.#pages = pages;
    this.#locators = pages.map(() => undefined);
    const firstRow: number[] = [];
    let rows = 0;
    for (const page of pages) {
      firstRow.push(rows);
      rows += page.rows;
    }
    if (rows !== file.rows) throw corrupt(`a column has ${rows} rows in a file of ${file.rows}`);
    this.#firstRow = firstRow;
  }

  /** @param rows ascending, each once. @returns what each touched page gave, in row order */
  async take(rows: readonly number[], signal?: AbortSignal): Promise<T[]> {
    const touched = this.#split(rows);
    const plans = touched.map(
      ({ page, rows: some }) => this.#locators[page] ?? (this.#pages[page] as RowPage<T>).locate(some),
    );
    const missing = plans.map((plan) =>
      "ranges" in plan ? plan : { ranges: [], decode: () => plan, complete: false },
    );
    const located = await runPlans(this.#file, missing, signal);
    touched.forEach(({ page }, i) => {
      const { complete, ranges } = missing[i] as LocatePlan<T>;
      if (!complete || this.#locators[page] !== undefined) return;
      this.#locators[page] = located[i];
      this.heldBytes += 1000 + LOCATOR_GROWTH * ranges.reduce((sum, { length }) => sum + length, 0);
    });
    return runPlans(
      this.#file,
      within(this.#file.key, () => located.map((locator, i) => locator.take((touched[i] as { rows: number[] }).rows))),
      signal,
    );
  }

  #split(rows: readonly number[]): { page: number; rows: number[] }[] {
    const touched: { page: number; rows: number[] }[] = [];
    let page = -1;
    for (const row of rows) {
      const before = page;
      while (page + 1 < this.#pages.length && (this.#firstRow[page + 1] as number) <= row) page++;
      const inPage = row - (this.#firstRow[page] ?? 0);
      if (!(inPage >= 0 && inPage < (this.#pages[page]?.rows ?? 0))) throw corrupt(`row ${row} is not in the column`);
      if (page === before) touched.at(-1)?.rows.push(inPage);
      else touched.push({ page, rows: [inPage] });
    }
    return touched;
  }
}

const LOCATOR_GROWTH = 4;

/** All ranges of all plans in one read. */
async function runPlans<T>(file: LanceFile, plans: readonly Plan<T>[], signal?: AbortSignal): Promise<T[]> {
  const ranges: ByteRange[] = plans.flatMap((plan) => plan.ranges);
  const buffers = ranges.length === 0 ? [] : await file.read(ranges, signal);
  let at = 0;
  return within(file.key, () => plans.map((plan) => plan.decode(buffers.slice(at, (at += plan.ranges.length)))));
}

export class Column {
  readonly #file: LanceFile;
  readonly #pages: readonly Page[];
  readonly #rows: RowReader<ColumnData>;

  private constructor(file: LanceFile, pages: readonly Page[]) {
    this.#file = file;
    this.#pages = pages;
    this.#rows = new RowReader(file, pages);
  }

  static async open(
    file: LanceFile,
    of: { column: number; shape: ValueShape; signal?: AbortSignal | undefined },
  ): Promise<Column> {
    const descriptors = await file.pageDescriptors(of.column, of.signal);
    return within(file.key, () => {
      const pages = descriptors.map((d) => openPage(d, { fileSize: file.size, shape: of.shape }));
      return new Column(file, pages);
    });
  }

  get heldBytes(): number {
    return this.#rows.heldBytes;
  }

  /** All rows. */
  async scan(signal?: AbortSignal): Promise<ColumnData> {
    const parts = await runPlans(
      this.#file,
      this.#pages.map((page) => page.scan()),
      signal,
    );
    return within(this.#file.key, () => concatColumns(parts));
  }

  /** @param rows below the file's rows, in any order, also repeated; the answer has them in this order. At least one */
  async take(rows: readonly number[], signal?: AbortSignal): Promise<ColumnData> {
    const { ascending, positions } = sortUnique(rows);
    const parts = await this.#rows.take(ascending, signal);
    return within(this.#file.key, () => pickRows(concatColumns(parts), positions));
  }
}

/** A column of `list<binary>`. */
export class ListColumn {
  readonly #rows: RowReader<Lists>;

  private constructor(rows: RowReader<Lists>) {
    this.#rows = rows;
  }

  static async open(file: LanceFile, column: number, signal?: AbortSignal): Promise<ListColumn> {
    const descriptors = await file.pageDescriptors(column, signal);
    return within(
      file.key,
      () =>
        new ListColumn(
          new RowReader(
            file,
            descriptors.map((d) => openListPage(d, { fileSize: file.size })),
          ),
        ),
    );
  }

  get heldBytes(): number {
    return this.#rows.heldBytes;
  }

  async take(rows: readonly number[], signal?: AbortSignal): Promise<Lists> {
    const { ascending, positions } = sortUnique(rows);
    const lists = (await this.#rows.take(ascending, signal)).flat();
    return Array.from(positions, (p) => lists[p] as Uint8Array[]);
  }
}

/** `ascending[positions[i]] === rows[i]` */
function sortUnique(rows: readonly number[]): { ascending: number[]; positions: Uint32Array } {
  const ascending = [...new Set(rows)].sort((a, b) => a - b);
  const position = new Map(ascending.map((row, i) => [row, i]));
  return { ascending, positions: Uint32Array.from(rows, (row) => position.get(row) as number) };
}
