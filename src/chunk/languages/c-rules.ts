/** What the grammars of C and C++ have in common. */
import type { Node } from "web-tree-sitter";
import type { Naming, SyntaxRules } from "./language.ts";
import { byField, byName, cleanName } from "./naming.ts";

/** Without a body it only names a type that is defined elsewhere. */
export const typeWithBody: Naming = (node) => (node.childForFieldName("body") ? byName(node) : null);

/** The name within a declarator: pointers and parameter lists stripped. */
function declaredName(declarator: Node | null): Node | null {
  for (let at = declarator; at !== null;) {
    const inner: Node | null =
      at.childForFieldName("declarator") ?? (at.type === "reference_declarator" ? (at.namedChildren[0] ?? null) : null);
    if (inner === null) return at;
    at = inner;
  }
  return null;
}

export const C_RULES = {
  holders: { "struct_specifier union_specifier enum_specifier": typeWithBody },
  definitions: {
    function_definition: (node) => cleanName(declaredName(node.childForFieldName("declarator"))),
    // `typedef struct { ... } name`
    type_definition: (node) =>
      node.childForFieldName("type")?.childForFieldName("body") ? byField("declarator")(node) : null,
  },
  wrappers: "declaration field_declaration",
  containers: "declaration_list linkage_specification preproc_if preproc_ifdef preproc_else preproc_elif",
  comments: "comment",
} satisfies SyntaxRules;
