/**
 * Every name a file defines and the line it is defined on: those of small definitions too, that are joined with others or lie
 * within a class that is one chunk. What a function defines inside itself is nobody else's to look for and left out.
 */
import type { Node, Tree } from "web-tree-sitter";
import type { DefinedName } from "./chunk.ts";
import { definitionOf } from "./definitions.ts";
import type { Syntax } from "./languages/language.ts";

/** Nodes between a definition and those it holds: body, list, visibility block. */
const MAX_STEPS = 3;

/** By line, ascending; the name without its qualifiers. */
export function definedNames(tree: Tree, syntax: Syntax): DefinedName[] {
  const found: DefinedName[] = [];
  const visit = (parent: Node, steps: number): void => {
    for (const child of parent.namedChildren) {
      const definition = definitionOf(child, syntax);
      if (definition !== null) {
        const { name, node } = definition;
        found.push({ line: node.startPosition.row, name: name.slice(name.lastIndexOf(".") + 1) });
        if (syntax.holders.has(node.type)) visit(node, MAX_STEPS);
      } else if (steps > 0 && child.namedChildCount > 0 && child.endPosition.row > child.startPosition.row)
        visit(child, steps - 1);
    }
  };
  visit(tree.rootNode, MAX_STEPS);
  return found.sort((a, b) => a.line - b.line);
}
