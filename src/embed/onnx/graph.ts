/**
 * A loaded ONNX graph of BERT's shape: token ids in, unit-length vectors out. Which inputs it takes and whether it gives
 * one vector for each text or for each token is read from the graph; what is not known is refused when it is loaded.
 */
import { availableParallelism } from "node:os";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { RepobaseError } from "../../protocol/errors.ts";
import type { ModelFolder } from "./model-folder.ts";
import { firstOfTokens, meanOfTokens, normalizeRows } from "./pooling.ts";
import { type OnnxRuntime, loadOnnxRuntime } from "./runtime.ts";
import type { EncodedText } from "./input-encoder.ts";

/** Outputs by the names exporters use, the finished vector first; else the graph's first output. */
const OUTPUTS = ["sentence_embedding", "last_hidden_state", "token_embeddings"];
const INPUTS = ["input_ids", "attention_mask", "token_type_ids", "piece_weights"] as const;
type InputName = (typeof INPUTS)[number];

export interface GraphOptions {
  readonly model: ModelFolder;
  /** Fills short rows. */
  readonly padId: number;
  /** Threads of one run; default: one a core. */
  readonly threads?: number | undefined;
  /** Where the runtime's library is unpacked. */
  readonly cacheDir: string;
}

export interface Vectors {
  readonly dim: number;
  /** Row after row, in the order of the texts. */
  readonly data: Float32Array;
  /** The graph gave one vector for each text by itself; the setting had no say. */
  readonly pooledByGraph: boolean;
}

export class Graph {
  private constructor(
    private readonly runtime: OnnxRuntime,
    private readonly session: InferenceSession,
    private readonly options: GraphOptions,
    private readonly inputs: readonly { readonly name: InputName; readonly type: string }[],
    private readonly output: string,
  ) {}

  /** @throws RepobaseError `model_unavailable` when it cannot be loaded, `unsupported_format` for other inputs or outputs */
  static async load(options: GraphOptions): Promise<Graph> {
    const runtime = await loadOnnxRuntime(options.cacheDir);
    const path = options.model.graph;
    const session = await runtime.InferenceSession.create(path, {
      intraOpNumThreads: options.threads ?? availableParallelism(),
      // Threads that spin while they wait cost 15 % where parsing and other programs want the cores too.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
      // Errors come back as exceptions; 4 (fatal) keeps the runtime's own log off stderr.
      logSeverityLevel: 4,
    }).catch((cause: unknown) => {
      throw new RepobaseError("model_unavailable", `cannot load "${path}": ${reasonOf(cause)}`, {
        hint: "check that the file is whole and was exported to ONNX",
        cause,
      });
    });
    try {
      const inputs = session.inputMetadata.map((each) => ({
        name: knownInput(each.name, options.model),
        type: each.isTensor ? each.type : "no tensor",
      }));
      if (!inputs.some(({ name }) => name === "input_ids")) throw unsupported("no input_ids");
      for (const { name, type } of inputs) {
        const types = name === "piece_weights" ? ["float32"] : ["int64", "int32"];
        if (!types.includes(type)) throw unsupported(`the input ${name} of type ${type}`);
      }
      const output = OUTPUTS.find((name) => session.outputNames.includes(name)) ?? session.outputNames[0];
      if (output === undefined) throw unsupported("no output");
      return new Graph(runtime, session, options, inputs, output);
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /** One run. @throws RepobaseError `model_unavailable` when it fails or gives what is no vector, `unsupported_format` */
  async run(texts: readonly EncodedText[]): Promise<Vectors> {
    const width = texts.reduce((longest, { ids }) => Math.max(longest, ids.length), 1);
    const feeds = Object.fromEntries(this.inputs.map((input) => [input.name, this.tensor(input, texts, width)]));
    let result: Tensor | undefined;
    try {
      result = (await this.session.run(feeds, [this.output]))[this.output];
    } catch (cause) {
      throw new RepobaseError("model_unavailable", `the model fails on text: ${reasonOf(cause)}`, { cause });
    }
    const vectors = this.pool(result, texts, width);
    if (!normalizeRows(vectors.data, vectors.dim))
      throw new RepobaseError("model_unavailable", "the model gives vectors that are not finite");
    return vectors;
  }

  /** Frees the weights. */
  close(): Promise<void> {
    return this.session.release();
  }

  private tensor(
    { name, type }: { name: InputName; type: string },
    texts: readonly EncodedText[],
    width: number,
  ): Tensor {
    const values = new Float64Array(texts.length * width).fill(name === "input_ids" ? this.options.padId : 0);
    texts.forEach((text, row) => {
      const of = {
        input_ids: text.ids,
        attention_mask: text.ids.map(() => 1),
        token_type_ids: text.typeIds,
        piece_weights: text.weights,
      };
      values.set(of[name] ?? [], row * width);
    });
    const shape = [texts.length, width];
    if (type === "float32") return new this.runtime.Tensor("float32", Float32Array.from(values), shape);
    if (type === "int32") return new this.runtime.Tensor("int32", Int32Array.from(values), shape);
    return new this.runtime.Tensor("int64", BigInt64Array.from(values, BigInt), shape);
  }

  private pool(output: Tensor | undefined, texts: readonly EncodedText[], width: number): Vectors {
    const shape = output?.dims ?? [];
    if (!(output?.data instanceof Float32Array)) throw unsupported(`the output ${this.output} of type ${output?.type}`);
    const { data } = output;
    const rows = texts.length;
    const dim = shape.at(-1) ?? 0;
    if (shape[0] === rows && shape.length === 2) return { dim, data, pooledByGraph: true };
    if (shape[0] !== rows || shape[1] !== width || shape.length !== 3)
      throw unsupported(`the output ${this.output} of shape [${shape.join(", ")}]`);
    const [layer] = this.options.model.layersAfterPooling;
    if (layer !== undefined) throw unsupported(`the layer "${layer}" after pooling, which is not in the graph,`);
    const lengths = texts.map(({ ids }) => ids.length);
    const pool = this.options.model.settings.pooling === "cls" ? firstOfTokens : meanOfTokens;
    return { dim, data: pool({ data, rows, width, dim, lengths }), pooledByGraph: false };
  }
}

function knownInput(name: string, { settings }: ModelFolder): InputName {
  const known = INPUTS.find((each) => each === name);
  if (known === undefined || (known === "piece_weights" && settings.tokenizer !== "repobase-static"))
    throw unsupported(`the input ${name}`);
  return known;
}

function unsupported(what: string): RepobaseError {
  return new RepobaseError("unsupported_format", `model.onnx: ${what} is not supported`, {
    hint: "export the model for feature extraction: token ids in, vectors out",
  });
}

const reasonOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)).trim();
