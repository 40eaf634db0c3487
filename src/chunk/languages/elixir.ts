/** Elixir's definitions are calls: `def name(...) do`, `defmodule A.B do`; what is said of them are attributes: `@doc ...`. */
import wasm from "tree-sitter-elixir/tree-sitter-elixir.wasm" with { type: "file" };
import type { Node } from "web-tree-sitter";
import { defineSyntax, type Language } from "./language.ts";

const MODULES = new Set(["defmodule", "defprotocol", "defimpl"]);
const FUNCTIONS = new Set([
  "def",
  "defp",
  "defmacro",
  "defmacrop",
  "defguard",
  "defguardp",
  "defdelegate",
  "defn",
  "defnp",
]);
const DECLARED = new Set(["callback", "macrocallback", "type", "typep", "opaque"]);
const ABOUT_NEXT = new Set(["doc", "typedoc", "spec", "impl", "deprecated", "dialyzer"]);

const syntax = defineSyntax({
  holders: { call: definedByCall },
  definitions: { unary_operator: definedByAttribute },
  clauses: "call",
  comments: "comment",
  isAnnotation: isAboutNext,
});

export const elixir: Language = {
  name: "elixir",
  files: [
    { extensions: "ex exs", grammar: { name: "elixir", wasm, syntax } },
    // templates
    { extensions: "eex heex leex" },
  ],
};

/** `B` of `defmodule A.B`, `name` of `def name(...)`; null: a call like any other. */
function definedByCall(node: Node): string | null {
  const keyword = node.childForFieldName("target")?.text ?? "";
  const subject = MODULES.has(keyword) || FUNCTIONS.has(keyword) ? argumentsOf(node)[0] : undefined;
  if (subject === undefined) return null;
  if (FUNCTIONS.has(keyword)) return headName(subject);
  const target = keyword === "defimpl" ? /\bfor:\s*([\w.]+)/.exec(argumentsOf(node)[1]?.text ?? "")?.[1] : undefined;
  return target === undefined ? lastPart(subject.text) : `${lastPart(subject.text)}.${lastPart(target)}`;
}

/** `name` of `@callback name(...) :: ...` and of `@type name :: ...` */
function definedByAttribute(node: Node): string | null {
  const call = node.childForFieldName("operand");
  if (call?.type !== "call" || !DECLARED.has(call.childForFieldName("target")?.text ?? "")) return null;
  const subject = argumentsOf(call)[0];
  return subject === undefined ? null : headName(subject);
}

/** Is `node` an attribute that describes the definition after it? */
function isAboutNext(node: Node): boolean {
  if (node.type !== "unary_operator") return false;
  const target = node.childForFieldName("operand")?.childForFieldName("target");
  return target !== null && target !== undefined && ABOUT_NEXT.has(target.text);
}

/** Without its namespace, which repeats the path. */
const lastPart = (module: string): string => module.slice(module.lastIndexOf(".") + 1);

const argumentsOf = (call: Node): Node[] =>
  call.namedChildren.find((child) => child.type === "arguments")?.namedChildren ?? [];

function headName(head: Node): string | null {
  if (head.type === "identifier") return head.text;
  const target = head.childForFieldName("target");
  if (target !== null) return target.type === "identifier" ? target.text : null; // `unquote(name)(...)` has no name yet
  const operator = head.childForFieldName("operator")?.text;
  const left = head.childForFieldName("left");
  return (operator === "when" || operator === "::") && left !== null ? headName(left) : (operator ?? null);
}
