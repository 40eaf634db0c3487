/**
 * Learned weights to the files that are shipped and back. The token weights go into the table's rows; a row is int8 with one
 * 32-bit scale, a fourth of the bytes.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { StaticModelConfig } from "../../src/embed/position-weights.ts";
import { CLASSES, DOCUMENT_BUCKETS, ENCODED_LIMITS, QUERY_BUCKETS } from "./encode.ts";
import type { Weights } from "./optimise/weights.ts";
import { POSITIONS, sharedFloats } from "./optimise/weights.ts";
import { writeWhole } from "./stage.ts";

export interface ModelFiles {
  readonly table: Int8Array;
  readonly scale: Float32Array;
  readonly config: StaticModelConfig;
}

const LEVELS = 127;

export function quantise({ dim, table, tokens, positions }: Weights): ModelFiles {
  const levels = new Int8Array(table.length);
  const scale = new Float32Array(tokens.length);
  for (let id = 0; id < tokens.length; id++) {
    const factor = Math.exp(tokens[id] as number);
    const row = table.subarray(id * dim, (id + 1) * dim);
    let largest = 0;
    for (let d = 0; d < dim; d++) largest = Math.max(largest, Math.abs(row[d] as number));
    // a row of zeros stays one
    const step = (largest * factor) / LEVELS + 1e-12;
    scale[id] = step;
    for (let d = 0; d < dim; d++) levels[id * dim + d] = Math.round(((row[d] as number) * factor) / step);
  }
  const weight = (position: number) => Math.round(Math.exp(positions[position] as number) * 1e4) / 1e4;
  const documents = Array.from({ length: DOCUMENT_BUCKETS }, (_, at) => [
    `${Math.floor(at / CLASSES)}.${at % CLASSES}`,
    weight(QUERY_BUCKETS + at),
  ]);
  return {
    table: levels,
    scale,
    config: {
      vocab: tokens.length,
      dim,
      tf_power: 0.5,
      ...ENCODED_LIMITS,
      doc_position_weight: Object.fromEntries(documents) as Record<string, number>,
      query_position_weight: Array.from({ length: QUERY_BUCKETS }, (_, at) => weight(at)),
    },
  };
}

/** Weights to go on learning from: the token weights are in the rows already. */
export function weightsOf({ table, scale, config }: ModelFiles): Weights {
  const { dim, vocab } = config;
  const positions = sharedFloats(POSITIONS);
  config.query_position_weight.forEach((weight, at) => (positions[at] = Math.log(weight)));
  for (let at = 0; at < DOCUMENT_BUCKETS; at++)
    positions[QUERY_BUCKETS + at] = Math.log(
      config.doc_position_weight[`${Math.floor(at / CLASSES)}.${at % CLASSES}`] ?? 1,
    );
  const floats = sharedFloats(table.length);
  for (let at = 0; at < table.length; at++)
    floats[at] = (table[at] as number) * (scale[Math.floor(at / dim)] as number);
  return { dim, table: floats, tokens: sharedFloats(vocab), positions };
}

/** The layout of src/embed/static-model: `table.i8`, `scale.f32`, `model.json`, `vocab.txt`. */
export async function writeModel(
  folder: string,
  { table, scale, config }: ModelFiles,
  vocabulary: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const notes = {
    continuation: "##",
    doc_line_buckets: "line 0 | 1-2 | 3-7 | 8-15 | 16+",
    doc_class: '0 plain, 1 comment line, 2 identifier directly before "("',
    query_pos_buckets: "token 0-1 | 2-4 | 5-9 | 10-19 | 20+",
  };
  await writeWhole(join(folder, "table.i8"), new Uint8Array(table.buffer, table.byteOffset, table.byteLength));
  await writeWhole(join(folder, "scale.f32"), new Uint8Array(scale.buffer, scale.byteOffset, scale.byteLength));
  await writeWhole(join(folder, "vocab.txt"), vocabulary);
  await writeWhole(join(folder, "model.json"), JSON.stringify({ ...config, ...notes }, null, 1));
}

export async function readModel(folder: string): Promise<ModelFiles> {
  const [table, scale, config] = await Promise.all([
    Bun.file(join(folder, "table.i8")).arrayBuffer(),
    Bun.file(join(folder, "scale.f32")).arrayBuffer(),
    Bun.file(join(folder, "model.json")).json(),
  ]);
  return { table: new Int8Array(table), scale: new Float32Array(scale), config: config as StaticModelConfig };
}
