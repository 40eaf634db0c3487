/** Kotlin: types, functions, properties of several lines; an extension is named as a member of what it extends. */
import type { Node } from "web-tree-sitter";
import wasm from "@tree-sitter-grammars/tree-sitter-kotlin/tree-sitter-kotlin.wasm" with { type: "file" };
import { defineSyntax, type Language } from "./language.ts";
import { baseName, byField, byKeyword, byName, childOfType, cleanName, isMemberOfLines, qualified } from "./naming.ts";

const MEMBER_LISTS = new Set(["source_file", "class_body", "enum_class_body"]);

const syntax = defineSyntax({
  holders: {
    "class_declaration object_declaration companion_object": byName,
    secondary_constructor: byKeyword("constructor"),
  },
  definitions: {
    function_declaration: (node) => memberName(node.childForFieldName("name")),
    property_declaration: (node) =>
      isMemberOfLines(node, MEMBER_LISTS) ? variableName(childOfType(node, "variable_declaration")) : null,
    type_alias: byField("type"),
  },
  comments: "line_comment block_comment",
  annotations: "annotation",
});

/** Functions of an extended type are its members: `List.shaded` of `fun <T> List<T>.shaded()`. */
const memberName = (name: Node | null): string | null => name && qualified(extendedType(name), cleanName(name));

const variableName = (variable: Node | null): string | null =>
  variable && qualified(extendedType(variable), cleanName(childOfType(variable, "identifier")));

function extendedType(name: Node): string | null {
  const dot = name.previousSibling;
  return dot?.type === "." ? baseName(dot.previousSibling) : null;
}

export const kotlin: Language = {
  name: "kotlin",
  files: [{ extensions: "kt kts", grammar: { name: "kotlin", wasm, syntax } }],
};
