/**
 * An Embedder over a folder with a BERT-style ONNX model and its tokenizer. Runs hold the calling thread while a batch
 * is computed, and let go of it between batches.
 */
import { RepobaseError } from "../../protocol/errors.ts";
import { edgeModelId, edgeModelNamed } from "../edge-model.ts";
import type { Embedder } from "../embedder.ts";
import { planBatches } from "./batches.ts";
import { Graph } from "./graph.ts";
import { type FolderRequest, type ModelFolder, readModelFolder } from "./model-folder.ts";
import type { ModelSettings } from "./model-settings.ts";
import { type EncodedText, type EmbeddedSide, type InputEncoder, openInputEncoder } from "./input-encoder.ts";

const MAX_DIM = 4096;
/** Embedded when a model is opened: what is opened is known to work, and how many dimensions it has. */
const PROBE = "embedding";

export interface OpenOnnxOptions extends FolderRequest {
  /** Threads of one batch; default: one a core. */
  readonly threads?: number | undefined;
  /** Where the compiled binary unpacks the runtime's library. */
  readonly cacheDir: string;
}

export class OnnxEmbedder implements Embedder {
  private constructor(
    readonly id: string,
    readonly dim: number,
    readonly settings: ModelSettings,
    private readonly graph: Graph,
    private readonly texts: InputEncoder,
  ) {}

  /**
   * @throws RepobaseError `not_found` for missing files, `unsupported_format` for a tokenizer, settings, graph or number
   *   of dimensions of another kind, `model_unavailable` when the runtime cannot load or run it; and what
   *   `loadOnnxRuntime` throws
   */
  static async open(options: OpenOnnxOptions): Promise<OnnxEmbedder> {
    const model = await readModelFolder(options);
    const texts = await openInputEncoder(model);
    const graph = await Graph.load({ model, padId: texts.padId, threads: options.threads, cacheDir: options.cacheDir });
    try {
      const { dim, pooledByGraph } = await graph.run([texts.encode(PROBE, "passage")]);
      // The index packs the signs of a vector, eight to a byte.
      if (dim === 0 || dim > MAX_DIM || dim % 8 !== 0)
        throw new RepobaseError("unsupported_format", `vectors of ${dim} dimensions are not supported`, {
          hint: `use a model whose dimensions are a multiple of 8, ${MAX_DIM} at most`,
          fields: { dim },
        });
      return new OnnxEmbedder(modelId({ model, dim, pooledByGraph }), dim, model.settings, graph, texts);
    } catch (error) {
      await graph.close();
      throw error;
    }
  }

  embedDocuments(texts: readonly string[], onDone?: (texts: number) => void): Promise<Float32Array> {
    return this.embed(texts, "passage", onDone);
  }

  embedQuery(text: string): Promise<Float32Array> {
    return this.embed([text], "query");
  }

  /** Frees the model's memory; the embedder cannot be used afterwards. */
  close(): Promise<void> {
    return this.graph.close();
  }

  private async embed(
    texts: readonly string[],
    side: EmbeddedSide,
    onDone?: (texts: number) => void,
  ): Promise<Float32Array> {
    const { dim } = this;
    const encoded: EncodedText[] = texts.map((text) => this.texts.encode(text, side));
    const out = new Float32Array(texts.length * dim);
    for (const batch of planBatches(encoded.map(({ ids }) => ids.length))) {
      const { data } = await this.graph.run(batch.map((at) => encoded[at] as EncodedText));
      batch.forEach((at, row) => out.set(data.subarray(row * dim, (row + 1) * dim), at * dim));
      onDone?.(batch.length);
    }
    return out;
  }
}

/**
 * The same files, name and settings give the same id on every machine; a model that is used just as the edge uses it gets an id
 * that says so. Where the graph pools, nobody but the exporter knows how.
 */
function modelId({ model, dim, pooledByGraph }: { model: ModelFolder; dim: number; pooledByGraph: boolean }): string {
  const { name, hash, settings } = model;
  const edge = edgeModelNamed(name);
  const asTheEdge =
    edge !== undefined &&
    !pooledByGraph &&
    dim === edge.dim &&
    settings.queryPrefix === edge.queryPrefix &&
    settings.passagePrefix === "";
  return asTheEdge ? edgeModelId({ name, pooling: settings.pooling, hash }) : `${name}-${hash}`;
}
