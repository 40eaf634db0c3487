/**
 * Loads the built-in model on Bun: the vendored files are imported, so that they travel inside the compiled binary.
 * The Worker has its own loader over static assets; the encoder is the same.
 */
import config from "./static-model/model.json";
import scalePath from "./static-model/scale.f32" with { type: "file" };
import tablePath from "./static-model/table.i8" with { type: "file" };
import vocabularyPath from "./static-model/vocab.txt" with { type: "file" };
import { MemoryPieceTable } from "./piece-table.ts";
import { StaticEmbedder } from "./static-embedder.ts";

/** A new embedder each call; it takes some 25 ms and 7 MB. */
export async function loadStaticEmbedder(): Promise<StaticEmbedder> {
  const [vocabulary, scale, table] = await Promise.all([
    Bun.file(vocabularyPath).text(),
    Bun.file(scalePath).arrayBuffer(),
    Bun.file(tablePath).arrayBuffer(),
  ]);
  return new StaticEmbedder({
    vocabulary,
    config,
    scale: new Float32Array(scale),
    table: new MemoryPieceTable(new Int8Array(table), config.dim),
  });
}
