/** CSS: cut between rules; nothing has a name. */
import wasm from "@vscode/tree-sitter-wasm/wasm/tree-sitter-css.wasm" with { type: "file" };
import { defineSyntax, type Language } from "./language.ts";

/** The tree only says where to cut. */
const syntax = defineSyntax({ comments: "comment" });

export const css: Language = { name: "css", files: [{ extensions: "css", grammar: { name: "css", wasm, syntax } }] };
