/**
 * What a language file says: which files are written in the language, which grammar parses them, and which of the
 * grammar's node types define something. All knowledge of a language is in its own file; the core asks through these types.
 */
import type { Node } from "web-tree-sitter";
import type { Lines, Span } from "../chunk.ts";

export interface Language {
  /** Lower case, as in results and `--lang`. A dialect that people do not tell apart when searching shares the name. */
  readonly name: string;
  readonly files: readonly LanguageFiles[];
}

/** Files of a language that are chunked alike: by a grammar, by a function of the language's own, or by lines. */
export interface LanguageFiles {
  /** Lower case, without the dot, separated by spaces. */
  readonly extensions?: string;
  /** Whole file names, or what stands before their first dot; lower case, separated by spaces. */
  readonly names?: string;
  readonly grammar?: Grammar;
  /** Instead of a grammar. @returns spans that cover all lines in order */
  readonly divide?: Divide;
}

export type Divide = (lines: Lines) => Span[];

export interface Grammar {
  /** Different for every grammar: compiled modules are passed to the parse threads by it. */
  readonly name: string;
  /** Path of the wasm, which travels inside the binary. It is read at the first use. */
  readonly wasm: string;
  readonly syntax: Syntax;
  /** The text as the grammar can read it: every character keeps its place, as the tree is about lines and names only. */
  readonly readable?: (text: string) => string;
}

/** The name a node defines, qualifiers with dots, never empty; null: it defines none. */
export type Naming = (node: Node) => string | null;

/** What chunking asks of a grammar. Sets hold node types. */
export interface Syntax extends SyntaxHooks {
  readonly definitions: ReadonlyMap<string, Naming>;
  readonly holders: ReadonlySet<string>;
  readonly wrappers: ReadonlySet<string>;
  readonly containers: ReadonlySet<string>;
  readonly lists: ReadonlySet<string>;
  readonly clauses: ReadonlySet<string>;
  readonly comments: ReadonlySet<string>;
  readonly annotations: ReadonlySet<string>;
}

interface SyntaxHooks {
  /** The name that `child` gets from the wrapper around it; undefined: its own. */
  readonly nameInWrapper?: (child: Node, wrapper: Node) => string | null | undefined;
  /** Is `node` an annotation, where its type alone does not tell? */
  readonly isAnnotation?: (node: Node) => boolean;
  /** Is `node` the body of the definition `before`, its sibling? */
  readonly isBodyOf?: (node: Node, before: Node) => boolean;
}

/** Node types, separated by spaces -> how they are named. */
type NamingRules = Readonly<Record<string, Naming>>;

/** `Syntax` as a language file writes it: node types are separated by spaces. */
export interface SyntaxRules extends SyntaxHooks {
  /** Definitions whose members are definitions of the file too: classes, modules. */
  readonly holders?: NamingRules;
  /** All other definitions. What they define inside is theirs alone. */
  readonly definitions?: NamingRules;
  /** Nodes that stand for the one definition among their children: `export`, decorators, `const f = () => ...`. */
  readonly wrappers?: string;
  /** Nodes that hold definitions without being one: what they enclose is named by itself. */
  readonly containers?: string;
  /** Mere lists: the comment above their first item stands before the list, so the items count as their parent's. */
  readonly lists?: string;
  /** Definitions that go on in a next one of the same name: signature and equations, clauses. */
  readonly clauses?: string;
  readonly comments: string;
  /** Attributes, decorators: they belong to what follows. */
  readonly annotations?: string;
}

export function defineSyntax(rules: SyntaxRules): Syntax {
  const {
    holders = {},
    definitions = {},
    wrappers,
    containers,
    lists,
    clauses,
    comments,
    annotations,
    ...hooks
  } = rules;
  const named = Object.entries({ ...definitions, ...holders });
  return {
    ...hooks,
    definitions: new Map(named.flatMap(([types, naming]) => words(types).map((type) => [type, naming] as const))),
    holders: new Set(Object.keys(holders).flatMap(words)),
    wrappers: new Set(words(wrappers)),
    containers: new Set(words(containers)),
    lists: new Set(words(lists)),
    clauses: new Set(words(clauses)),
    comments: new Set(words(comments)),
    annotations: new Set(words(annotations)),
  };
}

/** The parts of a list that is separated by spaces. */
export const words = (list: string | undefined): string[] => (list ? list.split(" ") : []);
