/** Fields of a table or file, and what Lance's names of types mean in bytes. */
import { unsupported } from "./corruption.ts";
import type { Message } from "./protobuf.ts";

export interface Field {
  readonly id: number;
  readonly name: string;
  /** Id of the field it belongs to, -1 at the top. */
  readonly parent: number;
  /** Lance's name of the type: `string`, `uint32`, `fixed_size_list:halffloat:384`, … */
  readonly type: string;
  readonly nullable: boolean;
}

export type ValueShape = { readonly kind: "fixed"; readonly width: number } | { readonly kind: "binary" };

export function parseFields(messages: readonly Message[]): Field[] {
  return messages.map((m) => ({
    id: m.number(3),
    name: m.text(2),
    parent: m.number(4),
    type: m.text(5),
    nullable: m.number(6) === 1,
  }));
}

/** The number of a top-level field's column in an index file, where leaf fields own the columns in schema order. */
export function leafColumn(fields: readonly Field[], name: string): number | undefined {
  const parents = new Set(fields.map((field) => field.parent));
  const top = fields.find((field) => field.name === name && field.parent < 0);
  if (top === undefined) return undefined;
  let leaf: Field | undefined = top;
  while (leaf !== undefined && parents.has(leaf.id)) {
    const id: number = leaf.id;
    leaf = fields.find((field) => field.parent === id && field.id > id);
  }
  const column = leaf === undefined ? -1 : fields.filter((field) => !parents.has(field.id)).indexOf(leaf);
  return column < 0 ? undefined : column;
}

const WIDTHS: Readonly<Record<string, number>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  halffloat: 2,
  int32: 4,
  uint32: 4,
  float: 4,
  int64: 8,
  uint64: 8,
  double: 8,
};
const BINARY_TYPES = new Set(["string", "large_string", "binary", "large_binary"]);

/** @throws RepobaseError `unsupported_format` for types whose values this reader does not hand out */
export function shapeOf(type: string): ValueShape {
  if (BINARY_TYPES.has(type)) return { kind: "binary" };
  const width = WIDTHS[type];
  if (width !== undefined) return { kind: "fixed", width };
  const list = /^fixed_size_list:([a-z0-9]+):(\d{1,6})$/.exec(type);
  const item = list && list[1] !== "bool" ? WIDTHS[list[1] as string] : undefined;
  if (list && item !== undefined) return { kind: "fixed", width: item * Number(list[2]) };
  const binary = /^fixed_size_binary:(\d{1,6})$/.exec(type);
  if (binary) return { kind: "fixed", width: Number(binary[1]) };
  throw unsupported(`columns of type ${JSON.stringify(type)}`);
}
