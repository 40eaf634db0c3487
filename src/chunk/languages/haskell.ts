/** Haskell: modules, classes, instances, types; the equations of one function are one definition. */
import wasm from "tree-sitter-haskell/tree-sitter-haskell.wasm" with { type: "file" };
import type { Node } from "web-tree-sitter";
import { defineSyntax, type Language } from "./language.ts";
import { byName, childOfType, MAX_NAME, qualified } from "./naming.ts";

const syntax = defineSyntax({
  holders: {
    "module class": byName,
    instance: (node) =>
      qualified(byName(node), /\b[A-Z]\w*/.exec(node.childForFieldName("patterns")?.text ?? "")?.[0] ?? null),
  },
  definitions: {
    // `synomym` is the grammar's own spelling
    "data_type newtype type_synomym type_family data_family": byName,
    "signature function bind": equationName,
  },
  wrappers: "foreign_import",
  lists: "imports declarations class_declarations instance_declarations",
  clauses: "signature function bind",
  comments: "comment haddock",
  annotations: "pragma",
});

/** As it is written: an operator, or a name with primes. */
function equationName(node: Node): string | null {
  const name = node.childForFieldName("name") ?? node.childForFieldName("names")?.namedChildren[0];
  const infix = node.childForFieldName("infix") ?? childOfType(node, "infix");
  const text = (name ?? infix?.childForFieldName("operator"))?.text.replace(/^[(`\s]+|[)`\s]+$/g, "") ?? "";
  return text === "" || text.length > MAX_NAME ? null : text;
}

export const haskell: Language = {
  name: "haskell",
  files: [{ extensions: "hs", grammar: { name: "haskell", wasm, syntax } }, { extensions: "lhs" }],
};
