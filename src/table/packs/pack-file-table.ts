/** What a pack says of its files, while it is made. */
import { ByteOutput } from "../../pack/byte-output.ts";
import { LineWriter, PathWriter } from "../../pack/files-part.ts";

export interface WrittenFile {
  readonly fileId: number;
  readonly path: string;
  readonly blob: string;
  readonly language: string;
  /** Its first document. */
  readonly first: number;
}

export class PackFileTable {
  readonly #paths = new ByteOutput();
  readonly #pathWriter = new PathWriter(this.#paths);
  readonly #lines = new ByteOutput();
  readonly #lineWriter = new LineWriter(this.#lines);
  readonly #lineBlocks: number[] = [];
  readonly #blobs = new ByteOutput();
  readonly #fileIds: number[] = [];
  readonly #first: number[] = [];
  readonly #tokens: number[] = [];
  readonly #language: number[] = [];
  readonly #languages = new Map<string, number>();
  readonly #encoder = new TextEncoder();

  start({ fileId, path, blob, language, first }: WrittenFile): void {
    this.#pathWriter.add(this.#encoder.encode(path));
    if (this.#lineBlocks.length < this.#pathWriter.blocks.length) this.#lineBlocks.push(this.#lines.length);
    this.#lineWriter.startFile();
    this.#blobs.push(Uint8Array.fromHex(blob));
    this.#fileIds.push(fileId);
    this.#first.push(first);
    this.#tokens.push(0);
    const known = this.#languages.get(language) ?? this.#languages.size;
    this.#languages.set(language, known);
    this.#language.push(known);
  }

  addRow(lines: { startLine: number; endLine: number }, length: number): void {
    this.#lineWriter.add(lines);
    const last = this.#tokens.length - 1;
    this.#tokens[last] = (this.#tokens[last] as number) + length;
  }

  finish() {
    return {
      blobs: this.#blobs.take(),
      lines: this.#lines.take(),
      paths: this.#paths.take(),
      languages: [...this.#languages.keys()],
      arrays: {
        fileIds: Uint32Array.from(this.#fileIds),
        fileFirst: Uint32Array.from(this.#first),
        fileTokens: Uint32Array.from(this.#tokens),
        fileLanguage: Uint16Array.from(this.#language),
        pathBlocks: Uint32Array.from([...this.#pathWriter.blocks, this.#paths.length]),
        lineBlocks: Uint32Array.from([...this.#lineBlocks, this.#lines.length]),
      },
    };
  }
}
