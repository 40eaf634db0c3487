/**
 * Loads the built-in model on Bun: the vendored files are imported, so that they travel inside the compiled binary.
 * The Worker has its own loader over static assets; the encoder is the same.
 */
import config from "./static-model/model.json";
import scalePath from "./static-model/scale.f32" with { type: "file" };
import tablePath from "./static-model/table.i8" with { type: "file" };
import vocabularyPath from "./static-model/vocab.txt" with { type: "file" };
import { MemoryPieceTable } from "./memory-piece-table.ts";
import type { PieceTable } from "./piece-table.ts";
import { StaticEmbedder } from "./static-embedder.ts";

/** For documents, one a thread: some 25 ms and 7 MB at the first call. */
export const loadStaticEmbedder = kept(async () => {
  const table = await Bun.file(tablePath).arrayBuffer();
  return makeEmbedder(new MemoryPieceTable(new Int8Array(table), config.dim));
});

/** For queries: reads the rows of the table that a query needs, some ten of 16,000, when it needs them. */
export const loadStaticQueryEmbedder = kept(async () => {
  const file = Bun.file(tablePath);
  const row = async (id: number) =>
    new Int8Array(await file.slice(id * config.dim, (id + 1) * config.dim).arrayBuffer());
  return makeEmbedder({ rows: (ids) => Promise.all(ids.map(row)) });
});

async function makeEmbedder(table: PieceTable): Promise<StaticEmbedder> {
  const [vocabulary, scale] = await Promise.all([Bun.file(vocabularyPath).text(), Bun.file(scalePath).arrayBuffer()]);
  return new StaticEmbedder({ vocabulary, config, scale: new Float32Array(scale), table });
}

/** Loads at the first call, and keeps it: a process may index many repositories, or answer many queries. A failed load may be tried again. */
function kept<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () =>
    (loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    }));
}
