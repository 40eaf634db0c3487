/** The answer of most plumbing: rows of fields. */
import type { Report } from "../../report/report.ts";

type Row = readonly (string | number)[];

/** One line a row, its fields separated by tabs; or all of them as one JSON array of objects with these names. */
export function emitRows(
  { report, nul }: { readonly report: Report; readonly nul: boolean },
  names: readonly string[],
  rows: readonly Row[],
): void {
  if (report.json)
    report.result(
      rows.map((row) => Object.fromEntries(row.map((value, i) => [names[i], value]))),
      "",
    );
  else report.raw(rows.map((row) => row.join("\t") + (nul ? "\0" : "\n")).join(""));
}
