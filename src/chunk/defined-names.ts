/**
 * Every name a file defines and the line it is defined on: those of small definitions too, that are joined with others or lie
 * within a class that is one chunk. What a function defines inside itself is nobody else's to look for and left out.
 */
import type { Node, Tree } from "web-tree-sitter";
import type { DefinedName } from "./chunk.ts";
import { definitionOf } from "./definitions.ts";

/** Nodes between a definition and those it holds: body, list, visibility block. */
const MAX_STEPS = 3;
/** By what its type's name has in it: a definition of definitions. */
const HOLDS_OTHERS =
  /class|struct|enum|union|interface|trait|impl|module|mod_item|object|protocol|extension|call|instance|contract|mixin/;

/** By line, ascending; the name without its qualifiers. */
export function definedNames(tree: Tree): DefinedName[] {
  const found: DefinedName[] = [];
  const visit = (parent: Node, steps: number): void => {
    for (const child of parent.namedChildren) {
      const definition = definitionOf(child);
      if (definition !== null) {
        const { name, node } = definition;
        found.push({ line: node.startPosition.row, name: name.slice(name.lastIndexOf(".") + 1) });
        if (HOLDS_OTHERS.test(node.type)) visit(node, MAX_STEPS);
      } else if (steps > 0 && child.namedChildCount > 0 && child.endPosition.row > child.startPosition.row)
        visit(child, steps - 1);
    }
  };
  visit(tree.rootNode, MAX_STEPS);
  return found.sort((a, b) => a.line - b.line);
}
