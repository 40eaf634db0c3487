/**
 * Which nodes of which grammar define something with a name, and how the name is written. Wrappers (`export`,
 * decorators, templates, `const f = () => ...`) stand for the definition inside them.
 */
import type { Node } from "web-tree-sitter";

export interface Definition {
  /** Qualifiers with dots, never empty. */
  readonly name: string;
  /** The node whose children are the definition's own. */
  readonly node: Node;
}

/** Longer names are expressions or generics gone wild. */
const MAX_NAME = 120;

/**
 * Nodes with a `name` field. One set for all grammars: no type means two things in two of them. Namespaces and packages
 * are left out: they repeat the path.
 */
const NAMED = new Set([
  // JavaScript, TypeScript; some of Java, C# and PHP
  "function_declaration", "generator_function_declaration", "function_signature", "class_declaration", "abstract_class_declaration",
  "method_definition", "interface_declaration", "enum_declaration", "type_alias_declaration", "internal_module", "module",
  // Python, PHP
  "class_definition", "trait_declaration",
  // C++, Go, Rust
  "concept_definition", "type_spec", "function_item", "trait_item", "struct_item", "enum_item", "union_item", "mod_item",
  "macro_definition", "type_item", "function_signature_item",
  // Java, C#
  "record_declaration", "annotation_type_declaration", "constructor_declaration", "compact_constructor_declaration",
  "struct_declaration", "property_declaration", "delegate_declaration", "destructor_declaration", "local_function_statement",
  // Ruby, and class expressions of JavaScript
  "method", "singleton_method", "class",
]); // prettier-ignore

/** Nodes that stand for the one definition among their children. */
const WRAPPERS = new Set([
  "export_statement", "ambient_declaration", "decorated_definition", "template_declaration", "lexical_declaration", "variable_declaration",
  "expression_statement", "type_declaration", "declaration", "field_declaration",
]); // prettier-ignore

/** Nodes that hold definitions without being one: what they enclose is named by itself. */
const CONTAINERS = new Set([
  "namespace_declaration", "file_scoped_namespace_declaration", "namespace_definition", "declaration_list", "linkage_specification",
  "preproc_if", "preproc_ifdef", "preproc_else", "preproc_elif",
]); // prettier-ignore

export const isContainer = (node: Node): boolean => CONTAINERS.has(node.type);

const FUNCTION_VALUES = new Set([
  "arrow_function", "function_expression", "generator_function", "function", "class", "lambda",
]); // prettier-ignore

/** The definition that `node` is, or wraps; null: none. */
export function definitionOf(node: Node): Definition | null {
  if (WRAPPERS.has(node.type)) return wrapped(node);
  const name = nameOf(node);
  return name === null ? null : { name, node };
}

function wrapped(node: Node): Definition | null {
  let found: Definition | null = null;
  for (const child of node.namedChildren) {
    const inner = definitionOf(child);
    if (inner === null) continue;
    if (found !== null) return null; // `const a = () => 1, b = () => 2` is no one's
    found = inner;
  }
  return found;
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
      return node.childForFieldName("type")?.childForFieldName("body") ? clean(node.childForFieldName("declarator")) : null;
    case "function_statement": // PowerShell
      return clean(firstOfType(node, "function_name"));
    case "class_statement":
    case "enum_statement":
    case "class_method_definition":
      return clean(firstOfType(node, "simple_name"));
    case "section": // INI
      return clean(firstOfType(node, "section_name"));
    default:
      return NAMED.has(node.type) ? clean(node.childForFieldName("name")) : null;
  }
}

function isFunctionValue(value: Node | null): boolean {
  return value !== null && FUNCTION_VALUES.has(value.type);
}

/** `*Server` of `func (s *Server) Run()`; null for the methods of other languages. */
function goReceiver(node: Node): string | null {
  const receiver = node.childForFieldName("receiver")?.namedChildren[0];
  return receiver === undefined ? null : clean(receiver.childForFieldName("type"));
}

/** The name within a C declarator: pointers and parameter lists stripped. */
function declaredName(declarator: Node | null): Node | null {
  for (let at = declarator; at !== null; ) {
    const inner: Node | null = at.childForFieldName("declarator") ?? (at.type === "reference_declarator" ? at.namedChildren[0] ?? null : null);
    if (inner === null) return at;
    at = inner;
  }
  return null;
}

const firstOfType = (node: Node, type: string): Node | null => node.namedChildren.find((child) => child.type === type) ?? null;

function join(owner: string | null, name: string | null): string | null {
  return owner === null || name === null ? name : `${owner}.${name}`;
}

/** Names as one looks for them: `A::b` and `A\b` as `A.b`, without generics, lifetimes, quotes, sigils and white space. */
function clean(node: Node | null): string | null {
  if (node === null) return null;
  const name = node.text
    .replace(/<[^>]*>+|'\w+\s|[[\]"'`*&#\s]/g, "")
    .replace(/::|\\|->/g, ".")
    .replace(/^(module\.)?exports\.(?=.)|^this\.|^\.+|\.+$/g, "");
  return name === "" || name.length > MAX_NAME ? null : name;
}
