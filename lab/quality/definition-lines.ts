/** What one line of source defines, and where a definition ends, by regular expressions and indentation: enough to cut questions. */

export interface DefinitionLine {
  readonly name: string;
  readonly kind: "function" | "type" | "value";
}

type Rule = readonly [RegExp, DefinitionLine["kind"]];

const MODIFIERS =
  "(?:(?:public|private|protected|internal|static|readonly|override|abstract|declare|async|export|default|open|final|inline|actual|expect|suspend|operator|infix|tailrec|external|lateinit|const|data|sealed|value|annotation|inner|companion|fun)\\s+)*";

const SCRIPT: readonly Rule[] = [
  [/^\s*(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:async\s+)?function\s*\*?\s*([\w$]+)/, "function"],
  [
    /^\s*(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:class|interface|type|enum|namespace)\s+([\w$]+)/,
    "type",
  ],
  [
    /^\s*(?:export\s+)?(?:declare\s+)?(?:const|let|var)\s+([\w$]+)\s*(?::[^=]*)?=\s*(?:async\s*)?(?:<.*>\s*)?(?:\(|function|\w+\s*=>)/,
    "function",
  ],
  [/^\s*(?:export\s+)?(?:declare\s+)?(?:const|let|var)\s+([\w$]+)/, "value"],
  [
    new RegExp(
      `^\\s*${MODIFIERS}(?:get\\s+|set\\s+|\\*\\s*)?#?(?!if\\b|for\\b|while\\b|switch\\b|return\\b|catch\\b)([\\w$]+)\\??\\s*(?:<.*>)?\\s*\\(`,
    ),
    "function",
  ],
  [new RegExp(`^\\s*${MODIFIERS}#?([\\w$]+)[?!]?\\s*[:=]\\s*(?:async\\s*)?(?:\\(|function|<)`), "function"],
  [new RegExp(`^\\s*${MODIFIERS}#?([\\w$]+)[?!]?\\s*[:=;]`), "value"],
];

const RULES: Readonly<Record<string, readonly Rule[]>> = {
  python: [
    [/^\s*(?:async\s+)?def\s+(\w+)/, "function"],
    [/^\s*class\s+(\w+)/, "type"],
  ],
  ruby: [
    [/^\s*(?:private\s+|private_class_method\s+)?def\s+(?:self\.)?([\w?!=<>[\]+*-]+)/, "function"],
    [/^\s*(?:class|module)\s+(?:<<\s*)?([\w:]+)/, "type"],
    [/^\s*(?:attr_\w+\s+:|alias_method\s+:)(\w+)/, "value"],
    [/^\s*([A-Z]\w*)\s*=/, "value"],
  ],
  rust: [
    [/^\s*(?:pub(?:\([^)]*\))?\s+)?(?:(?:const|async|unsafe|extern\s+"C")\s+)*fn\s+(\w+)/, "function"],
    [/^\s*macro_rules!\s+(\w+)/, "function"],
    [/^\s*(?:pub(?:\([^)]*\))?\s+)?(?:unsafe\s+)?(?:struct|enum|trait|union|mod|type)\s+(\w+)/, "type"],
    [/^\s*(?:unsafe\s+)?impl\b(?:<[^{]*?>)?\s+(?:[^{]*?\bfor\s+)?&?(?:'\w+\s+)?([\w:]+)/, "type"],
    [/^\s*(?:pub(?:\([^)]*\))?\s+)?(?:(?:const|static)\s+)?(?:mut\s+)?(\w+)\s*[:,({]/, "value"],
  ],
  kotlin: [
    [
      new RegExp(
        `^\\s*(?:@\\w+(?:\\([^)]*\\))?\\s+)*${MODIFIERS}fun\\s+(?:<[^>]*>\\s*)?(?:[\\w<>?, .]+\\.)?\`?(\\w+)\`?\\s*\\(`,
      ),
      "function",
    ],
    [
      new RegExp(
        `^\\s*(?:@\\w+(?:\\([^)]*\\))?\\s+)*${MODIFIERS}(?:enum\\s+)?(?:class|interface|object|typealias)\\s+(\\w+)`,
      ),
      "type",
    ],
    [
      new RegExp(`^\\s*(?:@\\w+(?:[:\\w]*)(?:\\([^)]*\\))?\\s+)*${MODIFIERS}(?:val|var)\\s+(?:[\\w<>?]+\\.)?(\\w+)`),
      "value",
    ],
  ],
  cpp: [
    [
      /^\s*(?:template\s*<.*>\s*)?(?:class|struct|enum(?:\s+class)?|union|namespace)\s+(?:\w+_EXPORT\s+)?(\w+)(?!.*\()/,
      "type",
    ],
    [
      /^(?!\s*(?:if|for|while|switch|return|else|case|delete|throw|new|do|goto|#)\b)\s*[\w:<>~*&,\s[\]]*?(~?\w+)\s*\((?!.*\)\s*=\s*\w+\()/,
      "function",
    ],
    [
      /^(?!\s*(?:return|else|case|break|continue|delete|goto|public|private|protected)\b)\s*[\w:<>*&,\s]+?[\s*&](\w+)\s*(?:=.*|\{.*|\[.*)?;/,
      "value",
    ],
  ],
  typescript: SCRIPT,
  javascript: SCRIPT,
};

/** Languages whose doc comments can be cut. */
export const DOCUMENTED_LANGUAGES: ReadonlySet<string> = new Set(Object.keys(RULES));

export function definitionLine(line: string, language: string): DefinitionLine | undefined {
  for (const [pattern, kind] of RULES[language] ?? []) {
    const name = pattern.exec(line)?.[1];
    if (name !== undefined) return { name, kind };
  }
  return undefined;
}

export const indentOf = (line: string): number => line.replace(/\t/g, "    ").search(/\S|$/);

/** Last line (from 0) of the definition that begins on line `start`: the lines that stand further right, and its closing lines. */
export function definitionEnd(lines: readonly string[], start: number): number {
  const base = indentOf(lines[start] ?? "");
  let end = start;
  for (let at = start + 1; at < lines.length && at < start + 600; at++) {
    const line = lines[at] ?? "";
    const text = line.trim();
    if (text === "") continue;
    if (indentOf(line) > base) {
      end = at;
      continue;
    }
    if (indentOf(line) < base) break;
    if (/^(end\b|\}[;,)\]]*$|\][;,)]*$|\)[;,)]*$)/.test(text)) return at; // closes what was opened
    if (!/^([)\]}{>]|where\b|:|\|)/.test(text)) break; // `) {`, `} else {`, a brace of its own line: goes on
    end = at;
  }
  return end;
}

/** Names of the types around line `at`, innermost first: the nearest lines above that stand further left and define one. */
export function enclosingTypes(lines: readonly string[], at: number, language: string): string[] {
  const names: string[] = [];
  let indent = indentOf(lines[at] ?? "");
  for (let above = at - 1; above >= 0 && indent > 0; above--) {
    const line = lines[above] ?? "";
    if (line.trim() === "" || indentOf(line) >= indent) continue;
    const definition = definitionLine(line, language);
    if (definition === undefined || /^\s*[)\]}*/#]/.test(line)) continue;
    indent = indentOf(line);
    if (definition.kind === "type") names.push(definition.name);
  }
  return names;
}
