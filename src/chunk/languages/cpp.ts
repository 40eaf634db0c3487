/** C++ and its dialects: what C has, classes, templates, concepts and namespaces. */
import wasm from "@vscode/tree-sitter-wasm/wasm/tree-sitter-cpp.wasm" with { type: "file" };
import { C_RULES, typeWithBody } from "./c-rules.ts";
import { defineSyntax, type Grammar, type Language } from "./language.ts";
import { byName } from "./naming.ts";

export const cppGrammar: Grammar = {
  name: "cpp",
  wasm,
  syntax: defineSyntax({
    ...C_RULES,
    holders: { ...C_RULES.holders, class_specifier: typeWithBody },
    definitions: { ...C_RULES.definitions, concept_definition: byName },
    wrappers: `${C_RULES.wrappers} template_declaration`,
    containers: `${C_RULES.containers} namespace_definition`,
    annotations: "annotation",
  }),
};

export const cpp: Language = {
  name: "cpp",
  files: [{ extensions: "cc cpp cxx c++ hh hpp hxx h++ ipp inl tcc tpp cu cuh ino", grammar: cppGrammar }],
};
