/** The names and types of a JSON document, as text: what a script that reads it relies on. */
export type Shape = string | { readonly [name: string]: Shape } | readonly Shape[];

/** Names that are data, not words of the format: hashes, commits; and ids of repositories. */
const DATA = /^[0-9a-f]{12,}$/;
const REPO_ID = /-[0-9a-f]{8}$/;

export function shapeOf(value: unknown): Shape {
  if (value === null) return "null";
  if (Array.isArray(value)) return merged(value.map(shapeOf));
  if (typeof value !== "object") return typeof value;
  const entries = Object.entries(value).map(([name, each]): [string, Shape] => [
    DATA.test(name) ? "<hex>" : REPO_ID.test(name) ? "<id>" : name,
    shapeOf(each),
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Of a list each shape once. */
const merged = (shapes: readonly Shape[]): Shape => [
  ...new Map(shapes.map((shape) => [JSON.stringify(shape), shape])).values(),
];
