/**
 * The page's files by path. From source they are built; in the compiled binary scripts/build.ts puts a module in the place of this
 * one that reads them from inside the binary.
 */
export async function readPage(): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const { buildServed } = await import("../../../scripts/build-page.ts");
  return new Map((await buildServed()).map(({ path, bytes }) => [path, bytes]));
}
