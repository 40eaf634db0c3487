/** The answers of protocol/browse-api.ts as schemas, whole: the page checks only the fields that it shows. */
import { array, exactOptional, type GenericSchema, nullable, picklist, tuple } from "valibot";
import type {
  CommitDiff,
  CommitList,
  FileDiff,
  FileHistory,
  FileList,
  Occurrences,
  Outline,
} from "../protocol/browse-api.ts";
import { count, fields, text, yesNo } from "../protocol/decode.ts";

const list = "must be a list";
const CHANGES = ["added", "changed", "removed"] as const;
const change = picklist(CHANGES);
const blobs = { fromBlob: nullable(text), toBlob: nullable(text) };
const next = nullable(text);
const ofCommit = { repoId: text, commit: text };

export const FILE_LIST_ANSWER: GenericSchema<unknown, FileList> = fields({
  ...ofCommit,
  dir: exactOptional(text),
  folders: exactOptional(array(fields({ path: text, fileCount: count }), list)),
  files: array(fields({ path: text, language: text, blob: text, lineCount: count }), list),
  fileCount: count,
  next,
});

const indexedCommit = {
  commit: text,
  branches: array(text, list),
  tags: array(text, list),
  default: yesNo,
  pushedAt: nullable(text),
  fileCount: count,
};

export const COMMIT_LIST_ANSWER: GenericSchema<unknown, CommitList> = fields({
  repoId: text,
  commits: array(fields(indexedCommit), list),
  next,
});

export const FILE_HISTORY_ANSWER: GenericSchema<unknown, FileHistory> = fields({
  repoId: text,
  path: text,
  commits: array(fields({ ...indexedCommit, change, blob: nullable(text) }), list),
  next,
});

export const COMMIT_DIFF_ANSWER: GenericSchema<unknown, CommitDiff> = fields({
  repoId: text,
  from: text,
  to: text,
  counts: fields({ added: count, changed: count, removed: count }),
  files: array(fields({ path: text, change, ...blobs }), list),
  next,
});

export const FILE_DIFF_ANSWER: GenericSchema<unknown, FileDiff> = fields({
  repoId: text,
  from: text,
  to: text,
  path: text,
  language: text,
  change: picklist([...CHANGES, "same"]),
  ...blobs,
  hunks: array(
    fields({
      oldStart: count,
      oldLines: count,
      newStart: count,
      newLines: count,
      lines: array(fields({ kind: picklist(["same", "removed", "added"]), text }), list),
    }),
    list,
  ),
  added: count,
  removed: count,
  cut: nullable(picklist(["size", "effort"])),
});

export const OUTLINE_ANSWER: GenericSchema<unknown, Outline> = fields({
  ...ofCommit,
  path: text,
  language: text,
  blob: text,
  lineCount: count,
  symbols: array(
    fields({
      name: text,
      kind: nullable(text),
      startLine: count,
      endLine: count,
      parent: nullable(text),
      depth: count,
    }),
    list,
  ),
});

const shownLine = {
  path: text,
  language: text,
  line: count,
  column: count,
  text,
  highlights: array(tuple([count, count]), list),
};

export const OCCURRENCES_ANSWER: GenericSchema<unknown, Occurrences> = fields({
  ...ofCommit,
  name: text,
  definitions: array(fields({ ...shownLine, kind: nullable(text), parent: nullable(text) }), list),
  occurrences: array(fields(shownLine), list),
  cutFiles: array(text, list),
  next,
});
