/** What `repobase search` prints for scripts and editors: a record a result, instead of the text for people. */
import type { Home } from "../home/home.ts";
import type { PlacedHit, ResultTemplate } from "../report/result-template.ts";
import type { SearchHit } from "../protocol/search-api.ts";
import { RepobaseError } from "../protocol/errors.ts";
import type { Report } from "../report/report.ts";
import { parseTemplate } from "../report/result-template.ts";

export interface RecordFlags {
  readonly format: string | undefined;
  readonly files: boolean;
  readonly vimgrep: boolean;
  readonly null: boolean;
  readonly json: boolean;
}

export interface RecordKind {
  readonly template: ResultTemplate;
  readonly end: "\n" | "\0";
  /** A record that was already printed is left out. */
  readonly once: boolean;
  /** Results whose files are not on this machine are left out: a program is to open them. */
  readonly toOpen: boolean;
}

/** @returns undefined: none of them is asked for @throws RepobaseError `usage` */
export function recordKind({ json, null: nul, ...flags }: RecordFlags): RecordKind | undefined {
  const asked = (["format", "files", "vimgrep"] as const).filter(
    (name) => flags[name] !== false && flags[name] !== undefined,
  );
  const [kind] = asked;
  const usage = (text: string) => new RepobaseError("usage", text);
  if (asked.length > 1) throw usage(`--${asked.join(" and --")} are two outputs: choose one`);
  if (kind === undefined) {
    if (nul) throw usage("--null ends the records of --format, --files or --vimgrep: give one of them");
    return undefined;
  }
  if (json) throw usage(`--json is an output of its own: it does not go with --${kind}`);
  const template = parseTemplate({ format: flags.format ?? "", ...TEMPLATES }[kind]);
  return { template, end: nul ? "\0" : "\n", once: kind === "files", toOpen: kind !== "format" };
}

const TEMPLATES = { files: "{file}", vimgrep: "{file}:{line}:{column}:{text}" };

/** Prints answers as records. What was left out, or is named by a path that opens nothing, is said. */
export async function recordPrinter(
  { home, cwd, report }: { readonly home: Home; readonly cwd: string; readonly report: Report },
  { template, end, once, toOpen }: RecordKind,
): Promise<(hits: readonly SearchHit[]) => void> {
  const { placeHits } = await import("../porcelain/search/place-hits.ts");
  const place = placeHits(home, cwd);
  const printed = new Set<string>();
  const isNew = (record: string): boolean => {
    const known = once && printed.has(record);
    printed.add(record);
    return !known;
  };
  return (hits) => {
    const placed: readonly PlacedHit[] = hits.map(place);
    const elsewhere = placed.filter(({ file }) => file === undefined);
    const shown = toOpen ? placed.filter(({ file }) => file !== undefined) : placed;
    report.raw(
      shown
        .map((result) => template.render(result, report.style) + end)
        .filter(isNew)
        .join(""),
    );
    if (elsewhere.length > 0 && template.fields.has("file")) report.warn(describeElsewhere(elsewhere, toOpen));
  };
}

function describeElsewhere(elsewhere: readonly PlacedHit[], leftOut: boolean): string {
  const repos = [...new Set(elsewhere.map(({ hit }) => hit.repoId))].join(", ");
  const count = elsewhere.length === 1 ? "1 result has no file" : `${elsewhere.length} results have no files`;
  const what = leftOut ? "left out" : "named by the path in its repository";
  return `${count} in a folder here (${repos}): ${what}; print one with: repobase show <repo> <path>`;
}
