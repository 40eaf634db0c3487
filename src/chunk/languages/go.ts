/** Go: functions, types, and methods named after their receiver. */
import type { Node } from "web-tree-sitter";
import wasm from "@vscode/tree-sitter-wasm/wasm/tree-sitter-go.wasm" with { type: "file" };
import { defineSyntax, type Language } from "./language.ts";
import { byName, cleanName, qualified } from "./naming.ts";

const syntax = defineSyntax({
  definitions: {
    "function_declaration type_spec type_alias": byName,
    method_declaration: (node) => qualified(receiverOf(node), byName(node)),
  },
  wrappers: "type_declaration",
  comments: "comment",
});

/** `Server` of `func (s *Server) Run()` */
function receiverOf(method: Node): string | null {
  const receiver = method.childForFieldName("receiver")?.namedChildren[0];
  return receiver === undefined ? null : cleanName(receiver.childForFieldName("type"));
}

export const go: Language = { name: "go", files: [{ extensions: "go", grammar: { name: "go", wasm, syntax } }] };
