/** Text (see text/file-text.ts) to chunks, by the best means there is for its language. Equal (path, text) give equal chunks on every machine. */
import {
  type Chunk,
  CHUNK_SIZES,
  type ChunkSizes,
  type DefinedName,
  Lines,
  type Span,
  spansToChunks,
} from "./chunk.ts";
import { cutLines } from "./chunk-lines.ts";
import { chunkSyntax } from "./chunk-syntax.ts";
import { definedNames } from "./defined-names.ts";
import { parsableText } from "../text/file-text.ts";
import { languageOf } from "./language-of.ts";
import type { SyntaxParser } from "./syntax-parser.ts";

export async function chunkFile(
  file: { readonly path: string; readonly text: string },
  parser: SyntaxParser,
  sizes: ChunkSizes = CHUNK_SIZES,
): Promise<Chunk[]> {
  const { path, text } = file;
  if (text === "") return [];
  const { grammar, divide } = languageOf(path);
  const parsable = parsableText(text);
  const lines = new Lines(parsable, sizes);
  let spans: Span[] | null = null;
  let defined: DefinedName[] = [];
  if (divide !== null) spans = divide(lines);
  else if (grammar !== null) {
    const tree = await parser.parse(grammar, parsable);
    try {
      spans = tree && chunkSyntax(tree, { lines, syntax: grammar.syntax });
      if (tree && spans) defined = definedNames(tree, grammar.syntax);
    } finally {
      tree?.delete();
    }
  }
  spans ??= cutLines({ start: 0, end: lines.count, scope: [] }, lines);
  return spansToChunks(spans, parsable === text ? lines : new Lines(text, sizes), defined);
}
