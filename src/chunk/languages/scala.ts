/** Scala: types, functions, givens, values of several lines; an extension is named after the type it extends. */
import wasm from "tree-sitter-scala/tree-sitter-scala.wasm" with { type: "file" };
import type { Node } from "web-tree-sitter";
import { defineSyntax, type Language } from "./language.ts";
import { baseName, byName, isMemberOfLines } from "./naming.ts";

const MEMBER_LISTS = new Set([
  "compilation_unit",
  "package_clause",
  "template_body",
  "with_template_body",
  "enum_body",
]);

const syntax = defineSyntax({
  holders: {
    "class_definition trait_definition object_definition enum_definition package_object": byName,
    extension_definition: (node) =>
      baseName(node.childForFieldName("parameters")?.namedChildren[0]?.childForFieldName("type")),
  },
  definitions: {
    "function_declaration function_definition type_definition": byName,
    val_definition: (node) =>
      isMemberOfLines(node, MEMBER_LISTS) ? baseName(node.childForFieldName("pattern")) : null,
    // without a name, it gets the compiler's
    given_definition: (node) => byName(node) ?? givenName(node.childForFieldName("return_type")),
  },
  containers: "package_clause",
  lists: "with_template_body",
  comments: "comment block_comment",
  annotations: "annotation",
});

/** `given_Ordering_Fruit` of `given Ordering[Fruit]` */
const givenName = (type: Node | null): string | null =>
  type && `given_${type.text}`.replace(/\W+/g, "_").replace(/_$/, "");

export const scala: Language = {
  name: "scala",
  files: [{ extensions: "scala sc sbt", grammar: { name: "scala", wasm, syntax } }],
};
