/**
 * LanceDB's native library out of the binary. Bun would unpack it too, but reads all 200 MB of it at each start to find out
 * whether it has: 40 ms, and 200 MB of resident memory. Here the file's name says so. The build puts this in the place of
 * the library (scripts/build.ts).
 */
import { lstatSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFileAtomicSync } from "../files/write-file-atomic.ts";

/** @param of.embedded the library in the binary @param of.id names its contents @throws what the file system throws */
export function loadUnpacked(of: { readonly embedded: string; readonly id: string }): unknown {
  const native = { exports: {} };
  process.dlopen(native, unpackNative({ embedded: of.embedded, id: of.id, folder: tmpdir() }));
  return native.exports;
}

/** @returns path of the unpacked file, in `folder`, which others may write to */
export function unpackNative({
  embedded,
  id,
  folder,
}: {
  readonly embedded: string;
  readonly id: string;
  readonly folder: string;
}): string {
  const path = join(folder, `.repobase-${process.getuid?.() ?? 0}-${id}.node`);
  if (isOurs(path, statSync(embedded).size)) return path;
  writeFileAtomicSync(path, readFileSync(embedded), 0o600);
  return path;
}

/** A whole file that nobody else can have written. */
function isOurs(path: string, size: number): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return (
    found !== undefined &&
    found.isFile() &&
    found.size === size &&
    found.uid === (process.getuid?.() ?? found.uid) &&
    (found.mode & 0o022) === 0
  );
}
