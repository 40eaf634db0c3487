/**
 * How the data files of a table are grouped: segments of falling size, the oldest first. What a query costs grows with their
 * number, so a new segment that makes them too many, or too alike in size, is merged with the ones before it. Sizes alone
 * decide, and every row is written about once for each time the table doubles. Pure; merging is replace-fragments.ts.
 */
import { parseManifest } from "../lance/manifest.ts";
import type { Fragment, LanceTable } from "../lance/table.ts";
import { RepobaseError } from "../protocol/errors.ts";
import type { Manifest, Segment } from "../protocol/manifest.ts";
import { versionIn } from "./set-version.ts";

/** Each segment keeps at least this many times the rows of all newer ones together. */
const RATIO = 2;
/** Replays of 1,000 pushes: with four 1.5 times the bytes are written, more cost reads and save little. */
export const MAX_SEGMENTS = 5;

/**
 * Where to cut: the segments from this one on become one.
 * @param rows of each segment, oldest first, the new one last
 * @param sparesBase the first is not to be touched, because its files are not on this machine
 * @returns `rows.length - 1`: nothing is to be merged
 */
export function mergeFrom(rows: readonly number[], sparesBase = false): number {
  let newer = 0;
  let from = rows.length - 1;
  for (let i = from; i >= (sparesBase ? 1 : 0); i--) {
    const own = rows[i] ?? 0;
    if (newer > 0 && own < RATIO * newer) from = i;
    newer += own;
  }
  return Math.min(from, MAX_SEGMENTS - 1);
}

/**
 * The segments of a table as it is now. Data files that `previous` does not name are the newest one.
 * @param previous of the same table; null: none
 * @throws RepobaseError `corrupt_index` when it names a file that the table does not have, or one twice
 */
export function segmentsIn(table: LanceTable, previous: Manifest | null): Segment[] {
  const left = new Map(
    table.fragments.flatMap((fragment) =>
      // rows lie in each file of a fragment, and are counted once
      dataFiles(fragment).map((path, i) => [path, i === 0 ? liveRows(fragment) : 0] as const),
    ),
  );
  const before = previous === null ? [] : (previous.segments ?? [{ files: dataFilesOf(previous), rows: 0 }]);
  const segments = before.map((segment): Segment => {
    let rows = 0;
    for (const file of segment.files) {
      const ofFile = left.get(file);
      if (ofFile === undefined)
        throw new RepobaseError("corrupt_index", `the table does not have the data file "${file}" of its segments`);
      left.delete(file);
      rows += ofFile;
    }
    return withRows(segment, rows);
  });
  if (left.size > 0) segments.push({ files: [...left.keys()], rows: [...left.values()].reduce((a, b) => a + b, 0) });
  return segments.filter(({ files }) => files.length > 0);
}

/** What else stands in it was made of its rows, and goes with them. */
const withRows = (segment: Segment, rows: number): Segment =>
  segment.rows === rows ? segment : { files: segment.files, rows };

/** The fragments that segments are made of, in the table's order. */
export function fragmentsOf(table: LanceTable, segments: readonly Segment[]): Fragment[] {
  const files = new Set(segments.flatMap((segment) => segment.files));
  return table.fragments.filter((fragment) => dataFiles(fragment).some((path) => files.has(path)));
}

/** One, unless a foreign program added a column. */
export const dataFiles = ({ files }: Fragment): string[] => files.map(({ path }) => path);

export const liveRows = ({ rows, deletion }: Fragment): number => rows - (deletion?.rows ?? 0);

const dataFilesOf = (manifest: Manifest): string[] =>
  parseManifest(versionIn(manifest).manifest).fragments.flatMap(dataFiles);
