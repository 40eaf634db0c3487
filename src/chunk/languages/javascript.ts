/** JavaScript: classes, functions, and what a function is assigned to; the rules are TypeScript's, too. */
import wasm from "@vscode/tree-sitter-wasm/wasm/tree-sitter-javascript.wasm" with { type: "file" };
import { defineSyntax, type Language, type SyntaxRules } from "./language.ts";
import { byFunctionValue, byName } from "./naming.ts";

/** Node types of functions and classes without a statement of their own. */
export const VALUES = new Set(["arrow_function", "function_expression", "generator_function", "class"]);

/** What TypeScript's grammars have, too. */
export const JAVASCRIPT_RULES = {
  holders: { "class_declaration class": byName },
  definitions: {
    "function_declaration generator_function_declaration method_definition": byName,
    variable_declarator: byFunctionValue({ name: "name", value: "value", values: VALUES }),
    pair: byFunctionValue({ name: "key", value: "value", values: VALUES }),
    assignment_expression: byFunctionValue({ name: "left", value: "right", values: VALUES }),
  },
  wrappers: "export_statement lexical_declaration variable_declaration expression_statement",
  comments: "comment",
  annotations: "decorator",
} satisfies SyntaxRules;

const syntax = defineSyntax({
  ...JAVASCRIPT_RULES,
  definitions: {
    ...JAVASCRIPT_RULES.definitions,
    field_definition: byFunctionValue({ name: "property", value: "value", values: VALUES }),
  },
});

export const javascript: Language = {
  name: "javascript",
  files: [
    {
      extensions: "js mjs cjs jsx es6",
      names: "jakefile",
      grammar: { name: "javascript", wasm, syntax },
    },
  ],
};
