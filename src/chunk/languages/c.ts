/** C: functions and types with a body. A `.h` file is read as C++, which holds both. */
import wasm from "@repomix/tree-sitter-wasms/out/tree-sitter-c.wasm" with { type: "file" };
import { C_RULES } from "./c-rules.ts";
import { cppGrammar } from "./cpp.ts";
import { defineSyntax, type Language } from "./language.ts";

export const c: Language = {
  name: "c",
  files: [
    { extensions: "c", grammar: { name: "c", wasm, syntax: defineSyntax(C_RULES) } },
    // headers of C++ are named so, too
    { extensions: "h", grammar: cppGrammar },
  ],
};
