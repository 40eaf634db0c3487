/**
 * Makes the tables of docs/ERRORS.md from `src/protocol/errors.ts`. `--write` writes them; a test fails when they differ.
 */
import { join } from "node:path";
import { ERROR_TABLE, EXIT_CODES } from "../src/protocol/errors.ts";

export const ERRORS_DOC = join(import.meta.dir, "../docs/ERRORS.md");

/** The document with both tables as the code says them now. */
export function withErrorTables(document: string): string {
  const exits = Object.entries(EXIT_CODES).map(
    ([code, entry]) => `| ${code} | ${entry.word}${"meaning" in entry ? `: ${entry.meaning}` : ""} |`,
  );
  const codes = Object.entries(ERROR_TABLE).map(
    ([code, { http, exit, meaning }]) => `| <a id="${code}"></a>\`${code}\` | ${http} | ${exit} | ${meaning} |`,
  );
  const withExits = fill(document, "exit codes", ["| exit code | meaning |", "|---|---|", ...exits]);
  return fill(withExits, "codes", ["| code | HTTP | exit | when |", "|---|---|---|---|", ...codes]);
}

function fill(document: string, name: string, lines: readonly string[]): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [document.indexOf(open), document.indexOf(close)];
  if (start === -1 || end < start) throw new Error(`docs/ERRORS.md lacks ${open} ... ${close}`);
  return `${document.slice(0, start)}${open}\n\n${lines.join("\n")}\n\n${document.slice(end)}`;
}

if (import.meta.main && process.argv.includes("--write"))
  await Bun.write(ERRORS_DOC, withErrorTables(await Bun.file(ERRORS_DOC).text()));
