/** Runs the loss graph. Measured on 2048x384 by 384x2048: docs/MODEL-CARD.md says why it is onnxruntime and not loops of our own. */
import type * as onnxruntime from "onnxruntime-node";
import { contrastiveGraph, type GraphShape } from "./contrastive-graph.ts";

export interface LossResult {
  /** Gradients by the sums `q` and `t`. */
  readonly dq: Float32Array;
  readonly dt: Float32Array;
  readonly loss: number;
  /** By log(scale). */
  readonly dscale: number;
}

export class ContrastiveLoss {
  private constructor(
    private readonly shape: GraphShape,
    private readonly runtime: typeof onnxruntime,
    private readonly session: onnxruntime.InferenceSession,
  ) {}

  static async open(shape: GraphShape, threads: number): Promise<ContrastiveLoss> {
    const runtime = await import("onnxruntime-node");
    const session = await runtime.InferenceSession.create(contrastiveGraph(shape), {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
      // between two calls our own threads need the cores
      extra: { session: { intra_op: { allow_spinning: "0" } } },
    });
    return new ContrastiveLoss(shape, runtime, session);
  }

  async run(q: Float32Array, t: Float32Array, scale: number): Promise<LossResult> {
    const { Tensor } = this.runtime;
    const dims = [this.shape.batch, this.shape.dim];
    const out = await this.session.run({
      q: new Tensor("float32", q, dims),
      t: new Tensor("float32", t, dims),
      scale: new Tensor("float32", Float32Array.of(scale), [1]),
    });
    const array = (name: string) => out[name]?.data as Float32Array;
    return { dq: array("dq"), dt: array("dt"), loss: array("loss")[0] as number, dscale: array("dscale")[0] as number };
  }

  close(): Promise<void> {
    return this.session.release();
  }
}
