/**
 * Writes ONNX files for tests: the few protobuf messages of onnx.proto3 that a small inference graph needs.
 *
 * | message | fields used (number) |
 * |---|---|
 * | Model | ir_version 1, producer_name 2, graph 7, opset_import 8 |
 * | Graph | node 1, name 2, initializer 5, input 11, output 12 |
 * | Node | input 1, output 2, op_type 4, attribute 5 |
 * | Attribute | name 1, f 2, i 3, ints 8, type 20 (1 float, 2 int, 7 ints) |
 * | Tensor | dims 1, data_type 2, name 8, raw_data 9 or external_data 13 (key 1, value 2) and data_location 14 (1 external) |
 * | ValueInfo | name 1, type 2 > tensor_type 1 > elem_type 1, shape 2 > dim 1 > dim_value 1 or dim_param 2 |
 */

/** TensorProto.DataType */
export const TYPES = { float: 1, int8: 3, int32: 6, int64: 7 } as const;
type ElementType = keyof typeof TYPES;

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, number | readonly number[] | { readonly float: number }>>;
}

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int8Array | BigInt64Array;
  /** The values are all of this file beside the model; then `data` only gives their type. */
  readonly file?: string;
}

export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  /** A name in place of a number: any size. */
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  /** Version of the operators; default 17. */
  readonly opset?: number;
  readonly nodes: readonly OnnxNode[];
  readonly weights: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

const OPSET = 17;
const IR_VERSION = 8;

export function encodeOnnx(graph: OnnxGraph): Uint8Array {
  return message([
    integer(1, IR_VERSION),
    text(2, "repobase-tests"),
    bytes(
      7,
      message([
        ...graph.nodes.map((node) => bytes(1, encodeNode(node))),
        text(2, "graph"),
        ...graph.weights.map((tensor) => bytes(5, encodeTensor(tensor))),
        ...graph.inputs.map((value) => bytes(11, encodeValue(value))),
        ...graph.outputs.map((value) => bytes(12, encodeValue(value))),
      ]),
    ),
    bytes(8, message([integer(2, graph.opset ?? OPSET)])),
  ]);
}

function encodeNode({ op, inputs, output, attributes = {} }: OnnxNode): Uint8Array {
  return message([
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, message([text(1, name), ...encodeAttribute(value)]))),
  ]);
}

function encodeAttribute(value: number | readonly number[] | { readonly float: number }): Uint8Array[] {
  if (typeof value === "number") return [integer(3, value), integer(20, 2)];
  if ("float" in value)
    return [message([varint(2 * 8 + 5), new Uint8Array(Float32Array.of(value.float).buffer)]), integer(20, 1)];
  return [...value.map((each) => integer(8, each)), integer(20, 7)];
}

function encodeTensor({ name, shape, data, file }: OnnxTensor): Uint8Array {
  const type: ElementType = data instanceof Float32Array ? "float" : data instanceof Int8Array ? "int8" : "int64";
  return message([
    ...shape.map((size) => integer(1, size)),
    integer(2, TYPES[type]),
    text(8, name),
    ...(file === undefined
      ? [bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))]
      : [bytes(13, message([text(1, "location"), text(2, file)])), integer(14, 1)]),
  ]);
}

function encodeValue({ name, type, shape }: OnnxValue): Uint8Array {
  const dims = shape.map((size) => bytes(1, message([typeof size === "number" ? integer(1, size) : text(2, size)])));
  const tensor = message([integer(1, TYPES[type]), bytes(2, message(dims))]);
  return message([text(1, name), bytes(2, message([bytes(1, tensor)]))]);
}

/** A varint; a negative number is its 64-bit complement, as for every protobuf integer. */
function varint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 128n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...out, Number(rest)]);
}

const message = (fields: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(fields));
const integer = (field: number, value: number) => message([varint(field * 8), varint(value)]);
const bytes = (field: number, value: Uint8Array) => message([varint(field * 8 + 2), varint(value.length), value]);
const text = (field: number, value: string) => bytes(field, new TextEncoder().encode(value));
