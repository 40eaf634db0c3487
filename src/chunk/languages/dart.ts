/** Dart: types, named constructors, functions; a body stands after its signature. */
import wasm from "@repomix/tree-sitter-wasms/out/tree-sitter-dart.wasm" with { type: "file" };
import { defineSyntax, type Language, type Naming } from "./language.ts";
import { baseName, byChild, byFunctionValue, byName, cleanName } from "./naming.ts";

const values = new Set(["function_expression"]);

/** `named` of `Point.named(...)` */
const constructorName: Naming = (node) =>
  cleanName(node.namedChildren.findLast((child) => child.type === "identifier"));

const syntax = defineSyntax({
  holders: {
    "enum_declaration class_definition extension_type_declaration": byName,
    extension_declaration: (node) => baseName(node.childForFieldName("name") ?? node.childForFieldName("class")),
    mixin_declaration: byChild("identifier"),
    "constructor_signature constant_constructor_signature": constructorName,
    "factory_constructor_signature redirecting_factory_constructor_signature": constructorName,
  },
  definitions: {
    "function_signature getter_signature setter_signature": byName,
    type_alias: byChild("type_identifier"),
    pair: byFunctionValue({ name: "key", value: "value", values }),
    assignment_expression: byFunctionValue({ name: "left", value: "right", values }),
  },
  wrappers: "expression_statement declaration method_signature",
  comments: "comment documentation_comment",
  annotations: "annotation",
  // the body of a function stands after its signature, not in it
  isBodyOf: (node, before) => node.type === "function_body" && before.type.endsWith("_signature"),
});

export const dart: Language = {
  name: "dart",
  files: [{ extensions: "dart", grammar: { name: "dart", wasm, syntax } }],
};
