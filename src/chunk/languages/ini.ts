/** INI and its kin: one definition for each section. */
import wasm from "@vscode/tree-sitter-wasm/wasm/tree-sitter-ini.wasm" with { type: "file" };
import { defineSyntax, type Language } from "./language.ts";
import { byChild } from "./naming.ts";

const syntax = defineSyntax({ definitions: { section: byChild("section_name") }, comments: "comment" });

export const ini: Language = {
  name: "ini",
  files: [
    {
      extensions: "ini cfg conf properties editorconfig desktop service",
      names: ".editorconfig .gitconfig .npmrc .flake8 .pylintrc",
      grammar: { name: "ini", wasm, syntax },
    },
  ],
};
