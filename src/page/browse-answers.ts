/** What the routes for looking around answer (protocol/browse-api.ts), checked for the fields that the page shows; and the addresses to ask. */
import { array, nullable, number, picklist, tuple } from "valibot";
import type { CommitDiff, CommitList, FileDiff, FileHistory, Occurrences, Outline } from "../protocol/browse-api.ts";
import { ANSWER } from "../protocol/cloud-api.ts";
import { count, type DocumentType, fields, text, yesNo } from "../protocol/decode.ts";

const list = "must be a list";
const change = picklist(["added", "changed", "removed"], "must be a kind of change");
const commit = { commit: text, branches: array(text, list), tags: array(text, list), default: yesNo, fileCount: count };
const blobs = { fromBlob: nullable(text), toBlob: nullable(text) };
const next = nullable(text);
const line = {
  path: text,
  language: text,
  line: count,
  column: count,
  text,
  highlights: array(tuple([number(), number()]), list),
};

/** Only what a view shows is asked for: a field that is missing elsewhere costs no view. */
const answer = <T>(entries: Parameters<typeof fields>[0]): DocumentType<T> =>
  ({ ...ANSWER, name: "answer", schema: fields(entries) }) as unknown as DocumentType<T>;

export const COMMIT_LIST = answer<CommitList>({
  commits: array(fields({ ...commit, pushedAt: nullable(text) }), list),
  next,
});
export const FILE_HISTORY = answer<FileHistory>({
  path: text,
  commits: array(fields({ ...commit, pushedAt: nullable(text), change, blob: nullable(text) }), list),
  next,
});
export const COMMIT_DIFF = answer<CommitDiff>({
  from: text,
  to: text,
  counts: fields({ added: count, changed: count, removed: count }),
  files: array(fields({ path: text, change, ...blobs }), list),
  next,
});
export const FILE_DIFF = answer<FileDiff>({
  from: text,
  to: text,
  path: text,
  language: text,
  change: picklist(["added", "changed", "removed", "same"], "must be a kind of change"),
  hunks: array(
    fields({
      oldStart: count,
      newStart: count,
      lines: array(fields({ kind: picklist(["same", "removed", "added"], "must be a kind of line"), text }), list),
    }),
    list,
  ),
  added: count,
  removed: count,
  cut: nullable(picklist(["size", "effort"], "must be a reason")),
});
export const OUTLINE = answer<Outline>({
  symbols: array(
    fields({ name: text, kind: nullable(text), startLine: count, parent: nullable(text), depth: count }),
    list,
  ),
});
export const OCCURRENCES = answer<Occurrences>({
  name: text,
  definitions: array(fields({ ...line, kind: nullable(text), parent: nullable(text) }), list),
  occurrences: array(fields(line), list),
  next,
});

/** `/v1/repos/:id/<what>` with the parts of the question that are there. */
export function browsePath(repo: string, what: string, question: Readonly<Record<string, string | null | undefined>>) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(question)) if (value) query.set(name, value);
  return `/v1/repos/${encodeURIComponent(repo)}/${what}${query.size === 0 ? "" : `?${query}`}`;
}
