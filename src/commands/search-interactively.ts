/** `repobase search -i`: the choice of somebody who searches as they type, as a record. */
import { RepobaseError } from "../protocol/errors.ts";
import type { SearchRequest } from "../protocol/search-api.ts";
import { parseTemplate } from "../report/result-template.ts";
import type { Home } from "../home/home.ts";
import type { Report } from "../report/report.ts";
import type { Context } from "./base-command.ts";
import { type RecordKind, recordPrinter } from "./search-records.ts";

const PLACE: RecordKind = { template: parseTemplate("{file}:{line}"), end: "\n", once: false, toOpen: false };

/** @param of.request its filters are those of the search; @param of.limit absent: as many as the full screen has. @returns exit code */
export async function searchInteractively(of: {
  readonly context: Context;
  readonly home: Home;
  readonly report: Report;
  readonly query: string;
  readonly request: SearchRequest;
  readonly limit: number | undefined;
  readonly kind: RecordKind | undefined;
}): Promise<number> {
  const { context, home, report, query, request, limit, kind = PLACE } = of;
  const { cwd, signal, signalExitCode, stdin, stderr } = context;
  const { runInline } = await import("../tui/inline/run-inline.ts");
  const { mode, repos, path, lang, ref } = request;
  const filters = { mode, repos, path: path ?? "", lang: lang ?? "", ref: ref ?? "" };
  const chosen = await runInline({ home, cwd, signal, stdin, stderr, query, filters, limit });
  if (typeof chosen === "number") return signal.aborted ? signalExitCode() : chosen;
  if (report.json) report.result(chosen, "");
  else (await recordPrinter({ home, cwd, report }, kind))([chosen]);
  return 0;
}

/** @throws RepobaseError `usage` */
export function refuseBeside(flags: Readonly<Record<string, boolean>>): void {
  const name = Object.keys(flags).find((each) => flags[each]);
  if (name !== undefined) throw new RepobaseError("usage", `--${name} does not go with --interactive`);
}
