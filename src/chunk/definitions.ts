/** Which node defines something, and under which name: what the grammar's language file says, wrappers looked through. */
import type { Node } from "web-tree-sitter";
import type { Syntax } from "./languages/language.ts";

export interface Definition {
  /** Qualifiers with dots, never empty. */
  readonly name: string;
  /** The node whose children are the definition's own. */
  readonly node: Node;
}

/** The definition that `node` is, or wraps; null: none. */
export function definitionOf(node: Node, syntax: Syntax): Definition | null {
  if (syntax.wrappers.has(node.type)) return wrapped(node, syntax);
  return named(node, syntax.definitions.get(node.type)?.(node));
}

function wrapped(wrapper: Node, syntax: Syntax): Definition | null {
  let found: Definition | null = null;
  for (const child of wrapper.namedChildren) {
    const name = syntax.nameInWrapper?.(child, wrapper);
    const inner = name === undefined ? definitionOf(child, syntax) : named(child, name);
    if (inner === null) continue;
    if (found !== null) return null; // `const a = () => 1, b = () => 2` is no one's
    found = inner;
  }
  return found;
}

const named = (node: Node, name: string | null | undefined): Definition | null =>
  name === null || name === undefined ? null : { name, node };
