/**
 * A view whose columns and postings are decoded once and kept, so that thousands of questions cost ranking only.
 */
import { type ColumnData, concatColumns, pickRows } from "../../src/lance/column-data.ts";
import type { FtsIndex, Postings } from "../../src/lance/fts-index.ts";
import { fragmentOf, type LanceTable, offsetOf } from "../../src/lance/table.ts";
import type { IndexView } from "../../src/search/index-view.ts";

export function inMemory<View extends IndexView>(view: View): View {
  return { ...view, table: keptTable(view.table), fts: view.fts && keptIndex(view.fts) };
}

function keptTable(table: LanceTable): LanceTable {
  const columns = new Map<string, Promise<ColumnData>>();
  const scan = (column: string, fragment: number) =>
    remember(columns, `${column} ${fragment}`, () => table.scan(column, fragment));
  const whole = (column: string) =>
    remember(columns, column, async () =>
      concatColumns(await Promise.all(table.fragments.map(({ id }) => scan(column, id)))),
    );
  const firstRow = new Map<number, number>();
  let rows = 0;
  for (const fragment of table.fragments) {
    firstRow.set(fragment.id, rows);
    rows += fragment.rows;
  }
  const take = async (column: string, addresses: readonly number[]): Promise<ColumnData> => {
    return pickRows(
      await whole(column),
      addresses.map((address) => (firstRow.get(fragmentOf(address)) ?? 0) + offsetOf(address)),
    );
  };
  return overridden(table, { scan, take });
}

function keptIndex(index: FtsIndex): FtsIndex {
  const known = new Map<string, Promise<Postings | undefined>>();
  const lookup = (terms: readonly string[]) =>
    Promise.all(terms.map((term) => remember(known, term, async () => (await index.lookup([term]))[0])));
  return overridden(index, { lookup });
}

function remember<T>(kept: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const value = kept.get(key) ?? make();
  kept.set(key, value);
  return value;
}

/** `object` with some methods replaced; the others run on the object itself, private fields and all. */
function overridden<T extends object>(object: T, methods: Partial<T>): T {
  return new Proxy(object, {
    get(target, name) {
      const replaced: unknown = Reflect.get(methods, name);
      if (replaced !== undefined) return replaced;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
