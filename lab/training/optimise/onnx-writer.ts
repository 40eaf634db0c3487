/**
 * Writes the few protobuf messages of onnx.proto3 that a graph of plain tensor operations needs.
 *
 * | message | fields used (number) |
 * |---|---|
 * | Model | ir_version 1, producer_name 2, graph 7, opset_import 8 |
 * | Graph | node 1, name 2, initializer 5, input 11, output 12 |
 * | Node | input 1, output 2, op_type 4, attribute 5 |
 * | Attribute | name 1, f 2, i 3, ints 8, type 20 (1 float, 2 int, 7 ints) |
 * | Tensor | dims 1, data_type 2 (1 float, 7 int64), name 8, raw_data 9 |
 * | ValueInfo | name 1, type 2 > tensor_type 1 > elem_type 1, shape 2 > dim 1 > dim_value 1 |
 */

export interface GraphNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** A whole number is an `int` unless its name is in `FLOATS`. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly constants: Readonly<Record<string, Float32Array | BigInt64Array>>;
  /** Name -> shape; all are floats. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
}

const OPSET = 17;
const IR_VERSION = 8;
const FLOATS = new Set(["alpha", "beta"]);

export function encodeGraph({ nodes, constants, inputs, outputs }: Graph): Uint8Array {
  const values = (field: number, named: Graph["inputs"]) =>
    Object.entries(named).map(([name, shape]) => bytes(field, valueInfo(name, shape)));
  const graph = message([
    ...nodes.map((node) => bytes(1, encodeNode(node))),
    text(2, "graph"),
    ...Object.entries(constants).map(([name, data]) => bytes(5, encodeConstant(name, data))),
    ...values(11, inputs),
    ...values(12, outputs),
  ]);
  return message([
    integer(1, IR_VERSION),
    text(2, "repobase-training"),
    bytes(7, graph),
    bytes(8, message([integer(2, OPSET)])),
  ]);
}

function encodeNode({ op, inputs, output, attributes = {} }: GraphNode): Uint8Array {
  return message([
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value))),
  ]);
}

function attribute(name: string, value: number | readonly number[]): Uint8Array {
  if (typeof value !== "number")
    return message([text(1, name), ...value.map((each) => integer(8, each)), integer(20, 7)]);
  if (FLOATS.has(name))
    return message([
      text(1, name),
      Uint8Array.from([2 * 8 + 5]),
      new Uint8Array(Float32Array.of(value).buffer),
      integer(20, 1),
    ]);
  return message([text(1, name), integer(3, value), integer(20, 2)]);
}

function encodeConstant(name: string, data: Float32Array | BigInt64Array): Uint8Array {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return message([
    integer(1, data.length),
    integer(2, data instanceof Float32Array ? 1 : 7),
    text(8, name),
    bytes(9, raw),
  ]);
}

function valueInfo(name: string, shape: readonly number[]): Uint8Array {
  const dims = shape.map((size) => bytes(1, message([integer(1, size)])));
  return message([text(1, name), bytes(2, message([bytes(1, message([integer(1, 1), bytes(2, message(dims))]))]))]);
}

/** Unsigned varint; nothing here is negative. */
function varint(value: number): Uint8Array {
  const out: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) out.push((value % 128) | 128);
  return Uint8Array.from([...out, value]);
}

const message = (fields: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(fields));
const integer = (field: number, value: number) => message([varint(field * 8), varint(value)]);
const bytes = (field: number, value: Uint8Array) => message([varint(field * 8 + 2), varint(value.length), value]);
const text = (field: number, value: string) => bytes(field, new TextEncoder().encode(value));
