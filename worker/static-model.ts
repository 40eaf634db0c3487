/**
 * The built-in embedding model inside the Worker. Vocabulary, scales and settings (a quarter of a megabyte) travel in the
 * bundle, so that an isolate starts with them at hand outside of any request's CPU time; the table is six megabytes, more than
 * a free Worker may weigh, so its shards are static assets: deployed in one step with the code, free to read, and only those
 * of the query's own words are read at all.
 */
import config from "../src/embed/static-model/model.json";
import scaleBase64 from "../src/embed/static-model/scale.f32";
import vocabulary from "../src/embed/static-model/vocab.txt" with { type: "text" };
import { ShardedPieceTable, shardName } from "../src/embed/piece-table.ts";
import { StaticEmbedder } from "../src/embed/static-embedder.ts";
import { RepobaseError } from "../src/protocol/errors.ts";

/** @param assets the binding that serves the folder scripts/build-worker.ts cut the table into */
export function staticModel(assets: Fetcher): StaticEmbedder {
  const scale = new Float32Array(Uint8Array.fromBase64(scaleBase64).buffer);
  const table = new ShardedPieceTable((index) => fetchShard(assets, index), config.dim);
  return new StaticEmbedder({ vocabulary, config, scale, table });
}

async function fetchShard(assets: Fetcher, index: number): Promise<Uint8Array> {
  const path = `/model/${shardName(index)}`;
  const answer = await assets.fetch(`https://assets.invalid${path}`);
  if (!answer.ok) throw new RepobaseError("transient", `the model's "${path}" was answered with ${answer.status}`);
  return answer.bytes();
}
