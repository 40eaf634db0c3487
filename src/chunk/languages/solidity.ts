/** Solidity: contracts and what they declare. */
import wasm from "@repomix/tree-sitter-wasms/out/tree-sitter-solidity.wasm" with { type: "file" };
import { defineSyntax, type Language } from "./language.ts";
import { byKeyword, byName, cleanName } from "./naming.ts";

const syntax = defineSyntax({
  holders: {
    "contract_declaration interface_declaration library_declaration struct_declaration enum_declaration": byName,
  },
  definitions: {
    "error_declaration event_definition modifier_definition function_definition": byName,
    constructor_definition: byKeyword("constructor"),
    user_defined_type_definition: byName,
    // `fallback` or `receive`
    fallback_receive_definition: (node) => cleanName(node.child(0)),
  },
  comments: "comment",
});

export const solidity: Language = {
  name: "solidity",
  files: [{ extensions: "sol", grammar: { name: "solidity", wasm, syntax } }],
};
