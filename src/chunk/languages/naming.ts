/** How definitions are named, for the languages' files to choose from. */
import type { Node } from "web-tree-sitter";
import type { Naming } from "./language.ts";

/** Longer names are expressions or generics gone wild. */
export const MAX_NAME = 120;

/** By the text of a field. */
export const byField =
  (field: string): Naming =>
  (node) =>
    cleanName(node.childForFieldName(field));

/** Most definitions of most grammars. */
export const byName: Naming = byField("name");

/** By its first child of a type. */
export const byChild =
  (type: string): Naming =>
  (node) =>
    cleanName(childOfType(node, type));

/** By the keyword that stands for a name. */
export const byKeyword =
  (keyword: string): Naming =>
  () =>
    keyword;

/** What `name = value` defines where the value is a function. @param of.values their node types */
export const byFunctionValue =
  (of: { readonly name: string; readonly value: string; readonly values: ReadonlySet<string> }): Naming =>
  (node) =>
    of.values.has(node.childForFieldName(of.value)?.type ?? "") ? cleanName(node.childForFieldName(of.name)) : null;

/** Names as one looks for them: `A::b` and `A\b` as `A.b`, without generics, lifetimes, quotes, sigils and white space. */
export function cleanName(node: Node | null | undefined): string | null {
  if (!node) return null;
  const name = node.text
    .replace(/<[^>]*>+|'\w+\s|[[\]"'`*&#\s]/g, "")
    .replace(/::|\\|->/g, ".")
    .replace(/^(module\.)?exports\.(?=.)|^this\.|^\.+|\.+$/g, "");
  return name === "" || name.length > MAX_NAME ? null : name;
}

/** The type's or variable's name at the start, without what it is applied to. */
export const baseName = (node: Node | null | undefined): string | null => /^[\w.]+/.exec(node?.text ?? "")?.[0] ?? null;

export const qualified = (owner: string | null, name: string | null): string | null =>
  owner === null || name === null ? name : `${owner}.${name}`;

export const childOfType = (node: Node, type: string): Node | null =>
  node.namedChildren.find((child) => child.type === type) ?? null;

/** Is a value of several lines a member of one of `lists`, and not a local variable? */
export const isMemberOfLines = (node: Node, lists: ReadonlySet<string>): boolean =>
  node.endPosition.row > node.startPosition.row && node.parent !== null && lists.has(node.parent.type);
