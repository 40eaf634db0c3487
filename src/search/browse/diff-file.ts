/** `GET /v1/repos/:id/diff?path=`: how one file differs between two commits, line by line, bounded in size and in effort. */
import type { DiffHunk, DiffLine, FileDiff } from "../../protocol/browse-api.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { readableText } from "../../text/file-text.ts";
import { splitLines } from "../../text/lines.ts";
import { type IndexedFile, readFile } from "../read-file.ts";
import type { DiffOptions } from "./diff-commits.ts";
import { diffLines, type LineRun } from "./line-diff.ts";

/** Equal lines around what differs. */
const CONTEXT = 3;
/** Of one answer. */
const MAX_LINES = 5000;
/** Of one answer, UTF-16 units. */
const MAX_TEXT = 1_000_000;
/** A longer line is data or minified; it is cut. */
const LONG_LINE = 2000;

/** @throws RepobaseError `not_found` when neither commit has the file */
export async function diffFile(of: DiffOptions & { readonly path: string }): Promise<FileDiff> {
  const { from, to, path, signal } = of;
  const [before, after] = await Promise.all([from, to].map((view) => readFile({ view, path, signal })));
  const file = after ?? before;
  if (file === undefined)
    throw new RepobaseError(
      "not_found",
      `${from.repoId} has no file ${JSON.stringify(path.slice(0, 200))} at ${from.commit} nor at ${to.commit}`,
      { fields: { repo: from.repoId, path } },
    );
  const [oldLines, newLines] = [linesOf(before), linesOf(after)];
  const { runs, whole } =
    before?.blob === after?.blob
      ? { runs: [{ kind: "same" as const, count: newLines.length }], whole: true }
      : diffLines(oldLines, newLines);
  const { hunks, cut } = showHunks(hunksOf(runs), oldLines, newLines);
  const count = (kind: LineRun["kind"]) => runs.reduce((sum, run) => sum + (run.kind === kind ? run.count : 0), 0);
  return {
    repoId: from.repoId,
    from: from.commit,
    to: to.commit,
    path,
    language: file.language,
    change:
      before === undefined
        ? "added"
        : after === undefined
          ? "removed"
          : before.blob === after.blob
            ? "same"
            : "changed",
    fromBlob: before?.blob ?? null,
    toBlob: after?.blob ?? null,
    hunks,
    added: count("added"),
    removed: count("removed"),
    cut: whole ? (cut ? "size" : null) : "effort",
  };
}

const linesOf = (file: IndexedFile | undefined): string[] =>
  file === undefined ? [] : splitLines(readableText(file.contents));

interface HunkRange {
  readonly oldStart: number;
  readonly newStart: number;
  readonly runs: LineRun[];
}

/** Runs with context around them; those whose contexts touch are one hunk. Starts count from 0. */
export function hunksOf(runs: readonly LineRun[]): HunkRange[] {
  const hunks: HunkRange[] = [];
  let open: HunkRange | undefined;
  let [oldAt, newAt] = [0, 0];
  runs.forEach((run, at) => {
    if (run.kind !== "same") {
      if (open === undefined) hunks.push((open = { oldStart: oldAt, newStart: newAt, runs: [] }));
      open.runs.push(run);
    } else {
      const isLast = at === runs.length - 1;
      if (open !== undefined && !isLast && run.count <= 2 * CONTEXT) open.runs.push(run);
      else {
        if (open !== undefined) open.runs.push({ kind: "same", count: Math.min(CONTEXT, run.count) });
        const context = Math.min(CONTEXT, run.count);
        open = undefined;
        if (!isLast) {
          const skipped = run.count - context;
          open = { oldStart: oldAt + skipped, newStart: newAt + skipped, runs: [{ kind: "same", count: context }] };
          hunks.push(open);
        }
      }
    }
    if (run.kind !== "added") oldAt += run.count;
    if (run.kind !== "removed") newAt += run.count;
  });
  return hunks.map(({ oldStart, newStart, runs: all }) => ({
    oldStart,
    newStart,
    runs: all.filter(({ count }) => count > 0),
  }));
}

function showHunks(
  ranges: readonly HunkRange[],
  oldLines: readonly string[],
  newLines: readonly string[],
): { readonly hunks: DiffHunk[]; readonly cut: boolean } {
  const hunks: DiffHunk[] = [];
  let room = { lines: MAX_LINES, text: MAX_TEXT };
  let cut = false;
  for (const range of ranges) {
    const lines: DiffLine[] = [];
    let [oldAt, newAt] = [range.oldStart, range.newStart];
    for (const { kind, count } of range.runs) {
      for (let i = 0; i < count && !isFull(room); i++) {
        const whole = ((kind === "added" ? newLines[newAt] : oldLines[oldAt]) ?? "").replace(/\r?\n$/, "");
        const text = whole.length > LONG_LINE ? `${whole.slice(0, LONG_LINE)}…` : whole;
        if (text !== whole) cut = true;
        lines.push({ kind, text });
        room = { lines: room.lines - 1, text: room.text - text.length };
        if (kind !== "added") oldAt++;
        if (kind !== "removed") newAt++;
      }
    }
    const [old, fresh] = [oldAt - range.oldStart, newAt - range.newStart];
    if (lines.length > 0)
      hunks.push({
        oldStart: range.oldStart + (old > 0 ? 1 : 0),
        oldLines: old,
        newStart: range.newStart + (fresh > 0 ? 1 : 0),
        newLines: fresh,
        lines,
      });
    if (lines.length < range.runs.reduce((sum, { count }) => sum + count, 0)) return { hunks, cut: true };
  }
  return { hunks, cut };
}

const isFull = (room: { readonly lines: number; readonly text: number }): boolean => room.lines <= 0 || room.text <= 0;
