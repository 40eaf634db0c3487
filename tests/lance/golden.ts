/** The committed tables of fixtures/lance, read into memory. */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

export const FIXTURES = join(import.meta.dir, "../../fixtures/lance");

/** expected.json of a fixture. */
export interface GoldenTable {
  /** Version of the LanceDB that wrote it. */
  readonly lancedb: string;
  readonly manifest: string;
  /** Rows of each fragment. */
  readonly fragments: readonly number[];
  readonly liveFileIds: readonly number[];
  /** All physical rows; of long ones the sha256 of the values joined by commas, lists in hex. */
  readonly columns: Readonly<Record<string, readonly unknown[] | string>>;
  /** Over the index, which covers the first fragment; 0: not in it. */
  readonly documentFrequencies: Readonly<Record<string, number>>;
}

export async function goldenNames(): Promise<string[]> {
  return (await readdir(FIXTURES, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

export async function readGolden(
  name: string,
): Promise<{ expected: GoldenTable; files: Map<string, Uint8Array>; manifest: Uint8Array }> {
  const root = join(FIXTURES, name);
  const expected = JSON.parse(await readFile(join(root, "expected.json"), "utf8")) as GoldenTable;
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  const files = new Map<string, Uint8Array>();
  for (const path of paths) files.set(path, new Uint8Array(await readFile(join(root, path))));
  const manifest = files.get(`_versions/${expected.manifest}`);
  if (manifest === undefined) throw new Error(`no manifest in ${name}`);
  return { expected, files, manifest };
}
