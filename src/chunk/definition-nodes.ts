/** The node types that matter when chunks are made, of all grammars in one table: no type means two things in two of them. */

/** Definitions with a `name` field. Namespaces and packages are left out: they repeat the path. */
export const NAMED: ReadonlySet<string> = new Set([
  // JavaScript, TypeScript; some of Java, C#, PHP, Kotlin, Swift, Scala, Dart
  "function_declaration", "generator_function_declaration", "function_signature", "class_declaration", "abstract_class_declaration",
  "method_definition", "interface_declaration", "enum_declaration", "type_alias_declaration", "internal_module", "module",
  // Python, PHP
  "class_definition", "trait_declaration",
  // C++, Go, Rust
  "concept_definition", "type_spec", "function_item", "trait_item", "struct_item", "enum_item", "union_item", "mod_item",
  "macro_definition", "type_item", "function_signature_item",
  // Java, C#
  "record_declaration", "annotation_type_declaration", "constructor_declaration", "compact_constructor_declaration",
  "struct_declaration", "delegate_declaration", "destructor_declaration", "local_function_statement",
  // Ruby, and class expressions of JavaScript
  "method", "singleton_method", "class",
  // Kotlin, Scala
  "object_declaration", "companion_object", "trait_definition", "object_definition", "enum_definition", "package_object",
  // Swift, Dart
  "protocol_declaration", "protocol_function_declaration", "init_declaration", "typealias_declaration",
  "extension_type_declaration", "getter_signature", "setter_signature",
  // Haskell (the grammar's own spelling)
  "data_type", "newtype", "type_synomym", "type_family", "data_family",
  // Solidity
  "contract_declaration", "library_declaration", "error_declaration", "event_definition", "modifier_definition",
  "user_defined_type_definition",
]); // prettier-ignore

/** Definitions that a keyword names. */
export const KEYWORD_NAMES: ReadonlyMap<string, string> = new Map([
  ["secondary_constructor", "constructor"], // Kotlin
  ["constructor_definition", "constructor"], // Solidity
  ["deinit_declaration", "deinit"], // Swift
  ["subscript_declaration", "subscript"],
]);

/** Nodes that stand for the one definition among their children. */
export const WRAPPERS: ReadonlySet<string> = new Set([
  "export_statement", "ambient_declaration", "decorated_definition", "template_declaration", "lexical_declaration", "variable_declaration",
  "expression_statement", "type_declaration", "declaration", "field_declaration", "method_signature", "foreign_import",
]); // prettier-ignore

/** Nodes that hold definitions without being one: what they enclose is named by itself. */
export const CONTAINERS: ReadonlySet<string> = new Set([
  "namespace_declaration", "file_scoped_namespace_declaration", "namespace_definition", "declaration_list", "linkage_specification",
  "preproc_if", "preproc_ifdef", "preproc_else", "preproc_elif", "package_clause",
]); // prettier-ignore

/** Mere lists: the comment above their first item stands before the list, so the items count as their parent's. */
export const LISTS: ReadonlySet<string> = new Set([
  "imports", "declarations", "class_declarations", "instance_declarations", "with_template_body",
]); // prettier-ignore

export const FUNCTION_VALUES: ReadonlySet<string> = new Set([
  "arrow_function", "function_expression", "generator_function", "function", "function_definition", "class", "lambda",
]); // prettier-ignore

/** The types that `const Name = struct { ... }` defines in Zig. */
export const TYPE_VALUES: ReadonlySet<string> = new Set([
  "struct_declaration", "enum_declaration", "union_declaration", "opaque_declaration", "error_set_declaration",
]); // prettier-ignore

/** Where a value that takes several lines is a member, not a local variable (Kotlin, Swift, Scala). */
export const MEMBER_LISTS: ReadonlySet<string> = new Set([
  "source_file", "class_body", "enum_class_body", "compilation_unit", "package_clause", "template_body", "with_template_body", "enum_body",
]); // prettier-ignore

/** Definitions that go on in a next one of the same name: signature and equations (Haskell), clauses (Elixir). */
export const CLAUSES: ReadonlySet<string> = new Set(["signature", "function", "bind", "call"]);

export const COMMENTS: ReadonlySet<string> = new Set([
  "comment", "line_comment", "block_comment", "multiline_comment", "documentation_comment", "haddock",
]); // prettier-ignore

export const ANNOTATIONS: ReadonlySet<string> = new Set(["attribute_item", "decorator", "annotation", "pragma"]);
