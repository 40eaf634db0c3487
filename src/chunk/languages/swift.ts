/** Swift: types, functions, properties of several lines; first, what the grammar cannot read is made readable. */
import wasm from "@repomix/tree-sitter-wasms/out/tree-sitter-swift.wasm" with { type: "file" };
import type { Node } from "web-tree-sitter";
import { defineSyntax, type Language } from "./language.ts";
import { baseName, byKeyword, byName, cleanName, isMemberOfLines } from "./naming.ts";

const MEMBER_LISTS = new Set(["source_file", "class_body", "enum_class_body"]);

const syntax = defineSyntax({
  holders: { "class_declaration protocol_declaration protocol_function_declaration": byName },
  definitions: {
    "function_declaration macro_definition init_declaration typealias_declaration": byName,
    deinit_declaration: byKeyword("deinit"),
    subscript_declaration: byKeyword("subscript"),
    property_declaration: propertyName,
  },
  comments: "comment multiline_comment",
});

/** Members that take several lines: getters, closures. */
function propertyName(node: Node): string | null {
  const name = node.childForFieldName("name");
  if (name !== null && name.type !== "pattern") return cleanName(name);
  return isMemberOfLines(node, MEMBER_LISTS) ? baseName(name) : null;
}

/** Both branches of a condition are then read as if they stood one after the other. */
const DIRECTIVE_LINE = /^[ \t]*#(?:if|elseif|else|endif|error|warning|sourceLocation)\b.*$/gm;
/** `#available(iOS 17, *)`, `throws(Failure)`, `nonisolated(unsafe)` */
const ARGUMENTS = /(?<=#(?:un)?available|\bthrows|\bnonisolated)\([^()\n]*\)/g;
/** `#"..."#`, as a number. */
const RAW_STRING = /#+"(?!"")[^\n]*?"#+/g;
/** `#fileID`, `#expect(...)`, as identifiers. */
const MACRO_SIGN = /#(?=[A-Za-z])/g;

/**
 * What the grammar cannot read is replaced, one character for one. It knows `#if` at top level alone, and recovers from
 * one inside a type so badly that a tenth of the files of a big project had no tree, at a quarter of the speed.
 */
export function readableSwift(text: string): string {
  const withoutLines = text.replace(DIRECTIVE_LINE, blank).replace(ARGUMENTS, blank);
  return withoutLines.replace(RAW_STRING, (string) => "0".repeat(string.length)).replace(MACRO_SIGN, "_");
}

const blank = (part: string): string => part.replace(/[^\r]/g, " ");

export const swift: Language = {
  name: "swift",
  files: [{ extensions: "swift", grammar: { name: "swift", wasm, syntax, readable: readableSwift } }],
};
