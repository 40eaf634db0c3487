/**
 * The loss of a batch and its gradient, both, as one graph of matrix operations: nearly all of training's arithmetic, on code that
 * knows the processor. Symmetric InfoNCE over cosines, at several lengths of the same vectors (matryoshka). With S = scale * cos:
 *
 *   loss = mean over i of (logsum_j S_ij + logsum_j S_ji) / 2 - S_ii
 *   d loss / d S = (softmax by row + softmax by column) / 2 - identity
 *
 * Cosines are at most 1, so exp(S - scale) cannot overflow and no maximum is looked for. A batch holds no twins (see batches.ts): no mask.
 */
import { encodeGraph, type GraphNode } from "./onnx-writer.ts";

export interface GraphShape {
  readonly batch: number;
  readonly dim: number;
  readonly lengths: readonly number[];
}

/** Inputs `q` and `t` [batch, dim] (sums, not normalised), `scale` [1]. Outputs `dq`, `dt` [batch, dim], `loss` [1], `dscale` [1]: by log(scale). */
export function contrastiveGraph({ batch, dim, lengths }: GraphShape): Uint8Array {
  const nodes: GraphNode[] = [];
  const add = (output: string, op: string, inputs: readonly string[], attributes?: GraphNode["attributes"]) => {
    nodes.push({ op, inputs, output, ...(attributes === undefined ? {} : { attributes }) });
    return output;
  };
  add("minusScale", "Neg", ["scale"]);
  add("perRow", "Mul", ["scale", "share"]);
  for (const length of lengths) {
    const name = (part: string) => `${part}${length}`;
    const rowSum = (output: string, input: string) => add(name(output), "ReduceSum", [input, "axis1"], { keepdims: 1 });
    const unit = (side: string) => {
      const cut = length === dim ? side : add(name(`${side}Cut`), "Slice", [side, "zero", name("end"), "axis1"]);
      add(name(`${side}Norm`), "Add", [
        add(name(`${side}Length`), "ReduceL2", [cut], { axes: [1], keepdims: 1 }),
        "tiny",
      ]);
      return add(name(`${side}Unit`), "Div", [cut, name(`${side}Norm`)]);
    };
    const q = unit("q");
    const t = unit("t");
    const scaled = add(name("qScaled"), "Mul", [q, "scale"]);
    const x = add(name("x"), "Exp", [add(name("logits"), "Gemm", [scaled, t, "minusScale"], { transB: 1 })]);
    const byRow = add(name("byRow"), "Add", [rowSum("rows", x), "tiny"]);
    const byColumn = add(name("byColumn"), "Add", [
      add(name("columns"), "ReduceSum", [x, "zero"], { keepdims: 1 }),
      "tiny",
    ]);
    const weight = add(name("weight"), "Add", [
      add(name("rowShare"), "Div", ["half", byRow]),
      add(name("columnShare"), "Div", ["half", byColumn]),
    ]);
    const g = add(name("g"), "Mul", [x, weight]);
    const gq = add(name("gq"), "Sub", [add(name("gt1"), "MatMul", [g, t]), t]);
    const gt = add(name("gt"), "Sub", [add(name("gq1"), "Gemm", [g, q], { transA: 1 }), q]);
    const alongQ = rowSum("alongQ", add(name("qgq"), "Mul", [q, gq]));
    const alongT = rowSum("alongT", add(name("tgt"), "Mul", [t, gt]));
    const gradient = (side: string, of: string, u: string, along: string) => {
      const tangent = add(name(`${side}Tangent`), "Sub", [of, add(name(`${side}Along`), "Mul", [u, along])]);
      const d = add(name(`${side}D`), "Mul", [
        add(name(`${side}Back`), "Div", [tangent, name(`${side}Norm`)]),
        "perRow",
      ]);
      return length === dim ? d : add(name(`${side}Full`), "Pad", [d, name("pads")]);
    };
    add(name("dq"), "Identity", [gradient("q", gq, q, alongQ)]);
    add(name("dt"), "Identity", [gradient("t", gt, t, alongT)]);
    const mean = (output: string, input: string) =>
      add(name(output), "ReduceMean", [input], { axes: [0, 1], keepdims: 0 });
    const logs = add(name("logs"), "Add", [
      mean("logRows", add(name("lr"), "Log", [byRow])),
      mean("logColumns", add(name("lc"), "Log", [byColumn])),
    ]);
    const hit = mean("hit", rowSum("diagonal", add(name("qt"), "Mul", [q, t])));
    const missed = add(name("missed"), "Mul", ["scale", add(name("short"), "Sub", ["one", hit])]);
    add(name("loss"), "Add", [add(name("halfLogs"), "Mul", [logs, "half"]), missed]);
    add(name("dscale"), "Mul", [mean("alongMean", alongQ), "scale"]);
  }
  const shorter = lengths.filter((length) => length < dim);
  const sum = (part: string) => lengths.map((length) => `${part}${length}`);
  for (const side of ["dq", "dt"]) add(side, "Sum", sum(side));
  for (const part of ["loss", "dscale"]) add(part, "Mul", [add(`${part}Sum`, "Sum", sum(part)), "perLength"]);
  return encodeGraph({
    nodes,
    constants: {
      zero: BigInt64Array.of(0n),
      axis1: BigInt64Array.of(1n),
      half: Float32Array.of(0.5),
      one: Float32Array.of(1),
      tiny: Float32Array.of(1e-30),
      share: Float32Array.of(1 / batch / lengths.length),
      perLength: Float32Array.of(1 / lengths.length),
      ...Object.fromEntries(shorter.map((length) => [`end${length}`, BigInt64Array.of(BigInt(length))])),
      ...Object.fromEntries(
        shorter.map((length) => [`pads${length}`, BigInt64Array.of(0n, 0n, 0n, BigInt(dim - length))]),
      ),
    },
    inputs: { q: [batch, dim], t: [batch, dim], scale: [1] },
    outputs: { dq: [batch, dim], dt: [batch, dim], loss: [1], dscale: [1] },
  });
}
