/**
 * Paths and lines of a pack's files, in blocks of sixteen. Paths are front coded: `varint bytes shared with the path before, varint
 * bytes of its own, these bytes`; a block's first shares none. Lines: of each row `varint (lines after its first << 2 | how it begins)`.
 */
import { ByteCursor } from "./byte-cursor.ts";
import type { ByteOutput } from "./byte-output.ts";
import { corruptPack } from "./corrupt-pack.ts";
import { FILES_OF_BLOCK } from "./format.ts";

const text = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
/** Far above any file system's. */
const MAX_PATH_BYTES = 65_536;

export class PathWriter {
  #before: Uint8Array = new Uint8Array();
  #files = 0;
  readonly blocks: number[] = [];

  constructor(private readonly out: ByteOutput) {}

  add(path: Uint8Array): void {
    if (this.#files++ % FILES_OF_BLOCK === 0) {
      this.blocks.push(this.out.length);
      this.#before = new Uint8Array();
    }
    const before = this.#before;
    let shared = 0;
    while (shared < before.length && shared < path.length && before[shared] === path[shared]) shared++;
    this.out.varint(shared);
    this.out.varint(path.length - shared);
    this.out.push(path.subarray(shared));
    this.#before = path.slice();
  }
}

/** The paths of one block, in order. @param files how many it has */
export function readPathBlock(bytes: Uint8Array, files: number): string[] {
  const cursor = new ByteCursor(bytes);
  const paths: string[] = [];
  let path = new Uint8Array();
  for (let i = 0; i < files; i++) {
    const shared = cursor.varint();
    const rest = cursor.take(cursor.varint());
    if (shared > path.length || shared + rest.length > MAX_PATH_BYTES)
      throw corruptPack("a path has a wrong beginning");
    const next = new Uint8Array(shared + rest.length);
    next.set(path.subarray(0, shared));
    next.set(rest, shared);
    path = next;
    paths.push(decode(path));
  }
  if (!cursor.done) throw corruptPack("paths go on after their end");
  return paths;
}

function decode(path: Uint8Array): string {
  try {
    return text.decode(path);
  } catch (cause) {
    throw corruptPack("a path is no text", cause);
  }
}

/** How a row begins: on the line after the last one's end, on that line itself (a long line that was cut), or elsewhere. */
const NEXT_LINE = 0;
const SAME_LINE = 1;
const ELSEWHERE = 2;

export interface RowLines {
  readonly startLine: number;
  readonly endLine: number;
}

export class LineWriter {
  #end = 0;

  constructor(private readonly out: ByteOutput) {}

  startFile(): void {
    this.#end = 0;
  }

  add({ startLine, endLine }: RowLines): void {
    const begins = startLine === this.#end + 1 ? NEXT_LINE : startLine === this.#end ? SAME_LINE : ELSEWHERE;
    this.out.varint((endLine - startLine) * 4 + begins);
    if (begins === ELSEWHERE) this.out.varint(startLine);
    this.#end = endLine;
  }
}

/** Lines of the rows of the files of one block. @param rows of each file; @returns for each file its rows' lines */
export function readLineBlock(bytes: Uint8Array, rows: readonly number[]): RowLines[][] {
  const cursor = new ByteCursor(bytes);
  const files = rows.map((count) => {
    if (count > bytes.length) throw corruptPack("more rows than bytes");
    let end = 0;
    return Array.from({ length: count }, (): RowLines => {
      const value = cursor.varint();
      const begins = value % 4;
      const startLine = begins === NEXT_LINE ? end + 1 : begins === SAME_LINE ? end : cursor.varint();
      end = startLine + Math.floor(value / 4);
      return { startLine, endLine: end };
    });
  });
  if (!cursor.done) throw corruptPack("lines go on after their end");
  return files;
}
