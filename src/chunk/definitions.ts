/**
 * Which nodes of which grammar define something with a name, and how the name is written. Wrappers (`export`,
 * decorators, templates, `const f = () => ...`) stand for the definition inside them.
 */
import type { Node } from "web-tree-sitter";
import { FUNCTION_VALUES, KEYWORD_NAMES, MEMBER_LISTS, NAMED, TYPE_VALUES, WRAPPERS } from "./definition-nodes.ts";
import { definedByAttribute, definedByCall } from "./definitions-elixir.ts";

export interface Definition {
  /** Qualifiers with dots, never empty. */
  readonly name: string;
  /** The node whose children are the definition's own. */
  readonly node: Node;
}

/** Longer names are expressions or generics gone wild. */
const MAX_NAME = 120;

/** The definition that `node` is, or wraps; null: none. */
export function definitionOf(node: Node): Definition | null {
  if (WRAPPERS.has(node.type)) return wrapped(node);
  const name = nameOf(node);
  return name === null ? null : { name, node };
}

function wrapped(node: Node): Definition | null {
  let found: Definition | null = null;
  for (const child of node.namedChildren) {
    const inner = TYPE_VALUES.has(child.type) ? typeValue(node, child) : definitionOf(child);
    if (inner === null) continue;
    if (found !== null) return null; // `const a = () => 1, b = () => 2` is no one's
    found = inner;
  }
  return found;
}

/** `const Name = struct { ... }` of Zig */
function typeValue(declaration: Node, node: Node): Definition | null {
  const name = clean(firstOfType(declaration, "identifier"));
  return name === null ? null : { name, node };
}

function nameOf(node: Node): string | null {
  switch (node.type) {
    case "variable_declarator":
    case "public_field_definition":
    case "field_definition":
      return isFunctionValue(node.childForFieldName("value"))
        ? clean(node.childForFieldName("name") ?? node.childForFieldName("property"))
        : null;
    case "pair":
      return isFunctionValue(node.childForFieldName("value")) ? clean(node.childForFieldName("key")) : null;
    case "assignment_expression":
      return isFunctionValue(node.childForFieldName("right")) ? clean(node.childForFieldName("left")) : null;
    case "assignment_statement":
      return assignedName(node);
    case "field": // of a Lua table
      return isFunctionValue(node.childForFieldName("value")) ? clean(node.childForFieldName("name")) : null;
    case "function_declaration":
      return functionName(node.childForFieldName("name"));
    case "property_declaration":
      return propertyName(node);
    case "val_definition": // Scala
      return isMemberOfLines(node) ? baseName(node.childForFieldName("pattern")) : null;
    case "given_definition": // without a name, it gets the compiler's
      return clean(node.childForFieldName("name")) ?? givenName(node.childForFieldName("return_type"));
    case "extension_definition": // Scala
      return baseName(node.childForFieldName("parameters")?.namedChildren[0]?.childForFieldName("type") ?? null);
    case "extension_declaration": // Dart
      return baseName(node.childForFieldName("name") ?? node.childForFieldName("class"));
    case "mixin_declaration":
      return clean(firstOfType(node, "identifier"));
    case "constructor_signature":
    case "constant_constructor_signature":
    case "factory_constructor_signature":
    case "redirecting_factory_constructor_signature":
      return clean(node.namedChildren.findLast((child) => child.type === "identifier") ?? null);
    case "type_alias": // Kotlin, Dart
      return clean(node.childForFieldName("type") ?? firstOfType(node, "type_identifier"));
    case "signature":
    case "function":
    case "bind":
      return equationName(node);
    case "instance":
      return join(
        clean(node.childForFieldName("name")),
        /\b[A-Z]\w*/.exec(node.childForFieldName("patterns")?.text ?? "")?.[0] ?? null,
      );
    case "call":
      return definedByCall(node);
    case "unary_operator":
      return definedByAttribute(node);
    case "fallback_receive_definition": // Solidity
      return clean(node.child(0));
    case "method_declaration":
      return join(goReceiver(node), clean(node.childForFieldName("name")));
    case "function_definition":
      return clean(node.childForFieldName("name") ?? declaredName(node.childForFieldName("declarator")));
    case "class_specifier":
    case "struct_specifier":
    case "union_specifier":
    case "enum_specifier":
      // without a body it only names a type that is defined elsewhere
      return node.childForFieldName("body") ? clean(node.childForFieldName("name")) : null;
    case "impl_item":
      return clean(node.childForFieldName("type"));
    case "type_definition":
      if (node.childForFieldName("type")?.childForFieldName("body")) return clean(node.childForFieldName("declarator"));
      return clean(node.childForFieldName("name")); // Scala
    case "function_statement": // PowerShell
      return clean(firstOfType(node, "function_name"));
    case "class_statement":
    case "enum_statement":
    case "class_method_definition":
      return clean(firstOfType(node, "simple_name"));
    case "section": // INI
      return clean(firstOfType(node, "section_name"));
    default:
      return NAMED.has(node.type) ? clean(node.childForFieldName("name")) : (KEYWORD_NAMES.get(node.type) ?? null);
  }
}

function isFunctionValue(value: Node | null): boolean {
  return value !== null && FUNCTION_VALUES.has(value.type);
}

/** Functions of an extended type are its members (Kotlin); those of Lua's customary module table are not. */
function functionName(name: Node | null): string | null {
  if (name?.type.endsWith("_index_expression"))
    return (
      clean(name)
        ?.replace(":", ".")
        .replace(/^_?M\./, "") ?? null
    );
  return name && join(extendedType(name), clean(name));
}

/** Kotlin: `List` of `fun <T> List<T>.shaded()` */
function extendedType(name: Node): string | null {
  const dot = name.previousSibling;
  return dot?.type === "." ? baseName(dot.previousSibling) : null;
}

/** Lua: `f = function() ... end` */
function assignedName(node: Node): string | null {
  const names = firstOfType(node, "variable_list")?.namedChildren ?? [];
  const values = firstOfType(node, "expression_list")?.namedChildren ?? [];
  const [name, value] = [names[0], values[0]];
  return names.length === 1 && name !== undefined && isFunctionValue(value ?? null) ? functionName(name) : null;
}

/** C#; of Kotlin and Swift, members that take several lines: getters, closures, delegates. */
function propertyName(node: Node): string | null {
  const name = node.childForFieldName("name");
  if (name !== null && name.type !== "pattern") return clean(name);
  if (!isMemberOfLines(node)) return null;
  if (name !== null) return baseName(name);
  const variable = firstOfType(node, "variable_declaration");
  return variable && join(extendedType(variable), clean(firstOfType(variable, "identifier")));
}

const isMemberOfLines = (node: Node): boolean =>
  node.endPosition.row > node.startPosition.row && node.parent !== null && MEMBER_LISTS.has(node.parent.type);

/** Scala: `given_Ordering_Fruit` of `given Ordering[Fruit]` */
const givenName = (type: Node | null): string | null =>
  type && `given_${type.text}`.replace(/\W+/g, "_").replace(/_$/, "");

/** Haskell. As it is written: an operator, or a name with primes. */
function equationName(node: Node): string | null {
  const name = node.childForFieldName("name") ?? node.childForFieldName("names")?.namedChildren[0];
  const infix = node.childForFieldName("infix") ?? firstOfType(node, "infix");
  const text = (name ?? infix?.childForFieldName("operator"))?.text.replace(/^[(`\s]+|[)`\s]+$/g, "") ?? "";
  return text === "" || text.length > MAX_NAME ? null : text;
}

/** `*Server` of `func (s *Server) Run()`; null for the methods of other languages. */
function goReceiver(node: Node): string | null {
  const receiver = node.childForFieldName("receiver")?.namedChildren[0];
  return receiver === undefined ? null : clean(receiver.childForFieldName("type"));
}

/** The name within a C declarator: pointers and parameter lists stripped. */
function declaredName(declarator: Node | null): Node | null {
  for (let at = declarator; at !== null;) {
    const inner: Node | null =
      at.childForFieldName("declarator") ?? (at.type === "reference_declarator" ? (at.namedChildren[0] ?? null) : null);
    if (inner === null) return at;
    at = inner;
  }
  return null;
}

const firstOfType = (node: Node, type: string): Node | null =>
  node.namedChildren.find((child) => child.type === type) ?? null;

function join(owner: string | null, name: string | null): string | null {
  return owner === null || name === null ? name : `${owner}.${name}`;
}

/** The type's or variable's name at the start, without what it is applied to. */
const baseName = (node: Node | null): string | null => /^[\w.]+/.exec(node?.text ?? "")?.[0] ?? null;

/** Names as one looks for them: `A::b` and `A\b` as `A.b`, without generics, lifetimes, quotes, sigils and white space. */
function clean(node: Node | null): string | null {
  if (node === null) return null;
  const name = node.text
    .replace(/<[^>]*>+|'\w+\s|[[\]"'`*&#\s]/g, "")
    .replace(/::|\\|->/g, ".")
    .replace(/^(module\.)?exports\.(?=.)|^this\.|^\.+|\.+$/g, "");
  return name === "" || name.length > MAX_NAME ? null : name;
}
