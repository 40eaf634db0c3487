/** Lua: functions, declared or assigned, by the name they are called by. */
import wasm from "@tree-sitter-grammars/tree-sitter-lua/tree-sitter-lua.wasm" with { type: "file" };
import type { Node } from "web-tree-sitter";
import { defineSyntax, type Language } from "./language.ts";
import { byFunctionValue, childOfType, cleanName } from "./naming.ts";

const values = new Set(["function_definition"]);

const syntax = defineSyntax({
  definitions: {
    function_declaration: (node) => functionName(node.childForFieldName("name")),
    assignment_statement: assignedName,
    field: byFunctionValue({ name: "name", value: "value", values }),
  },
  wrappers: "variable_declaration",
  comments: "comment",
});

/** Those of the customary module table are without it. */
function functionName(name: Node | null): string | null {
  const text = cleanName(name);
  if (!name?.type.endsWith("_index_expression")) return text;
  return text?.replace(":", ".").replace(/^_?M\./, "") ?? null;
}

/** `f = function() ... end` */
function assignedName(node: Node): string | null {
  const names = childOfType(node, "variable_list")?.namedChildren ?? [];
  const value = childOfType(node, "expression_list")?.namedChildren[0];
  return names.length === 1 && value && values.has(value.type) ? functionName(names[0] ?? null) : null;
}

export const lua: Language = {
  name: "lua",
  files: [{ extensions: "lua rockspec", grammar: { name: "lua", wasm, syntax } }],
};
