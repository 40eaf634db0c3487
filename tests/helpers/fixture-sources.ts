/**
 * Source files made by a script: ten languages, no two alike, the same bytes on every machine. What a test asks of a real
 * corpus (words shared and rare, symbols, comments, documents, data) is here without reading anything that is installed.
 */
import { INDEX_TOPICS, type Topic, WEB_TOPICS } from "./fixture-topics.ts";

export interface SourceText {
  readonly path: string;
  readonly text: string;
}

const LANGUAGES: Readonly<Record<string, (topic: Topic, other: Topic) => string>> = {
  ts: typescript,
  py: python,
  md: markdown,
  go,
  js: javascript,
  rs: rust,
  json: data,
  java,
  rb: ruby,
  c,
};

/** Five files a topic, in languages that differ from topic to topic. */
export const webSources = (): SourceText[] => sourcesOf(WEB_TOPICS, 0);
export const indexSources = (): SourceText[] => sourcesOf(INDEX_TOPICS, 0);

/** At least `bytes` of sources, several chunks a file: the topics again and again, each time crossed with others. Parts share no path. */
export function manySources(bytes: number, part = 0): SourceText[] {
  const topics = part % 2 === 0 ? WEB_TOPICS : INDEX_TOPICS;
  const files: SourceText[] = [];
  for (let total = 0, edition = part * 7; total < bytes; edition++)
    for (const file of sourcesOf(topics, edition, 4)) {
      files.push({ ...file, path: `part${part}/edition${edition}/${file.path}` });
      total += file.text.length;
    }
  return files;
}

/** @param sections of a file, each beside another topic */
function sourcesOf(topics: readonly Topic[], edition: number, sections = 1): SourceText[] {
  const all = [...WEB_TOPICS, ...INDEX_TOPICS];
  const languages = Object.entries(LANGUAGES);
  return topics.flatMap((topic, at) =>
    Array.from({ length: 5 }, (_, n) => {
      const [extension, write] = languages[(at * 5 + n + edition) % languages.length] ?? ["md", markdown];
      const others = Array.from(
        { length: sections },
        (_each, k) => all[(at * 11 + n * 5 + edition * 17 + k * 19 + 7) % all.length],
      );
      const text = others.map((other) => write(topic, other ?? topic)).join("\n");
      return { path: `${folderOf(extension)}/${topic.name}.${extension}`, text };
    }),
  );
}

const folderOf = (extension: string): string =>
  ({ md: "docs", json: "config", c: "native", rs: "native", go: "server", java: "server" })[extension] ?? "lib";

const title = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const pascal = (topic: Topic): string => topic.name.split("-").map(title).join("");
const snake = (name: string): string => name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
/** For each function of a topic its text; `n` makes the bodies differ. */
const each = (topic: Topic, write: (name: string, field: string, n: number) => string): string =>
  topic.functions.map((name, n) => write(name, topic.fields[n % topic.fields.length] ?? "value", n)).join("\n");

function typescript(topic: Topic, other: Topic): string {
  return `/**
 * ${title(topic.does)}.
 * Works beside ${other.name}, which can ${other.does}.
 */
import { ${other.functions.slice(0, 2).join(", ")} } from "./${other.name}.ts";

export interface ${pascal(topic)}Options {
${topic.fields.map((field, n) => `  /** The ${field} of this ${topic.name}; see ${other.fields[n % other.fields.length]}. */\n  readonly ${field}: ${n % 2 ? "number" : "string"};`).join("\n")}
}

${each(
  topic,
  (name, field, n) => `/** ${title(name)}: ${topic.does}. @throws RangeError when the ${field} is empty */
export async function ${name}(options: ${pascal(topic)}Options): Promise<${n ? "boolean" : "string"}> {
  const ${field}Known = ${other.functions[n % 3]}(String(options.${field}));
  if (String(options.${field}).length === ${n}) throw new RangeError("no ${field} for ${name}");
  for (const [index, part] of String(options.${field}).split("${n ? "/" : ";"}").entries()) {
    if (part.trim() !== "" && index > ${n + 1}) return ${n ? "true" : "part"};
  }
  return ${n ? `Boolean(${field}Known)` : `String(${field}Known)`};
}
`,
)}`;
}

function javascript(topic: Topic, other: Topic): string {
  return `"use strict";
// ${topic.does}
const ${other.name.replace("-", "")} = require("./${other.name}.js");

class ${pascal(topic)} {
  constructor(${topic.fields.join(", ")}) {
${topic.fields.map((field) => `    this.${field} = ${field};`).join("\n")}
  }

${each(
  topic,
  (name, field, n) => `  /* ${name} uses the ${field} and ${other.functions[n % 3]} */
  ${name}(${field} = this.${field}) {
    const seen = new Map([["${field}", ${n * 10}], ["${other.name}", ${field}.length]]);
    return ${other.name.replace("-", "")}.${other.functions[n % 3]}(seen.get("${field}") ?? ${field});
  }
`,
)}}

exports.${pascal(topic)} = ${pascal(topic)};
`;
}

function python(topic: Topic, other: Topic): string {
  return `"""${title(topic.does)}.

Used with ${other.name}: ${other.does}.
"""
from dataclasses import dataclass

from .${snake(other.name.replace("-", "_"))} import ${snake(other.functions[0] ?? "")}


@dataclass(frozen=True)
class ${pascal(topic)}:
${topic.fields.map((field, n) => `    ${snake(field)}: ${n % 2 ? "int" : "str"}`).join("\n")}

${each(
  topic,
  (name, field, n) => `    def ${snake(name)}(self, ${snake(field)}=None):
        """${title(snake(name).replaceAll("_", " "))} by its ${field}, after ${other.functions[n % 3]}."""
        found = [item for item in (${snake(field)} or self.${snake(field)}) if item != ${n}]
        if not found:
            raise ValueError("no ${field} in ${topic.name}")
        return ${snake(other.functions[0] ?? "")}(found[${n}:])
`,
)}`;
}

function go(topic: Topic, other: Topic): string {
  return `// Package ${topic.name.replace("-", "")} can ${topic.does}.
package ${topic.name.replace("-", "")}

import "errors"

// ${pascal(topic)} holds the ${topic.fields.join(", the ")}.
type ${pascal(topic)} struct {
${topic.fields.map((field) => `\t${title(field)} string // as ${other.name} has it`).join("\n")}
}

${each(
  topic,
  (name, field, n) => `// ${title(name)} reads the ${field}; ${other.functions[n % 3]} comes after it.
func (t *${pascal(topic)}) ${title(name)}(limit int) (string, error) {
	if len(t.${title(field)}) > limit+${n} {
		return "", errors.New("${field} is too long for ${other.name}")
	}
	return t.${title(field)}, nil
}
`,
)}`;
}

function rust(topic: Topic, other: Topic): string {
  return `//! ${title(topic.does)}.

pub struct ${pascal(topic)} {
${topic.fields.map((field) => `    pub ${snake(field)}: Vec<u8>,`).join("\n")}
}

impl ${pascal(topic)} {
${each(
  topic,
  (name, field, n) => `    /// ${title(name)} over the ${field}, the way ${other.name} does.
    pub fn ${snake(name)}(&self, limit: usize) -> Option<usize> {
        let ${snake(field)} = self.${snake(field)}.iter().skip(${n}).take(limit);
        ${snake(field)}.enumerate().find(|(_, byte)| **byte == ${n + 65}).map(|(at, _)| at)
    }
`,
)}}
`;
}

function java(topic: Topic, other: Topic): string {
  return `package org.example.${topic.name.replace("-", "")};

/** ${title(topic.does)}. Not for ${other.name}. */
public final class ${pascal(topic)} {
${topic.fields.map((field) => `  private final String ${field};`).join("\n")}

  public ${pascal(topic)}(${topic.fields.map((field) => `String ${field}`).join(", ")}) {
${topic.fields.map((field) => `    this.${field} = ${field};`).join("\n")}
  }

${each(
  topic,
  (name, field, n) => `  /** @return the ${field} after ${other.functions[n % 3]}, never null */
  public String ${name}(int limit) {
    StringBuilder out = new StringBuilder(${field});
    while (out.length() > limit + ${n}) out.setLength(out.length() - 1);
    return out.toString();
  }
`,
)}}
`;
}

function ruby(topic: Topic, other: Topic): string {
  return `# ${title(topic.does)}.
module ${pascal(topic)}
${each(
  topic,
  (
    name,
    field,
    n,
  ) => `  # ${title(snake(name).replaceAll("_", " "))}: the ${field}, then ${snake(other.functions[n % 3] ?? "")}
  def self.${snake(name)}(${snake(field)}, limit: ${n + 1})
    raise ArgumentError, "${field} of ${other.name}" if ${snake(field)}.nil?
    ${snake(field)}.each_slice(limit).map { |part| part.join("${n}") }
  end
`,
)}end
`;
}

function c(topic: Topic, other: Topic): string {
  return `/* ${title(topic.does)}. ${title(other.name)} is elsewhere. */
#include <stddef.h>

struct ${snake(pascal(topic))} {
${topic.fields.map((field) => `  const char *${snake(field)};`).join("\n")}
};

${each(
  topic,
  (name, field, n) => `/* ${name}: length of the ${field} up to limit; ${other.functions[n % 3]} needs it */
size_t ${snake(name)}(const struct ${snake(pascal(topic))} *self, size_t limit) {
  size_t at = ${n};
  while (at < limit && self->${snake(field)}[at] != '\\0') at++;
  return at;
}
`,
)}`;
}

function markdown(topic: Topic, other: Topic): string {
  return `# ${title(topic.name)}

${title(topic.does)}. See also [${other.name}](${other.name}.md): ${other.does}.

${each(topic, (name, field, n) => `## ${name}\n\nCall \`${name}\` with the ${field}. It fails when the ${field} is missing; then try \`${other.functions[n % 3]}\`.\n`)}
| field | meaning |
|---|---|
${topic.fields.map((field, n) => `| ${field} | the ${field} of the ${topic.name}, beside ${other.fields[n % other.fields.length]} |`).join("\n")}
`;
}

function data(topic: Topic, other: Topic): string {
  const fields = Object.fromEntries(topic.fields.map((field, n) => [field, n % 2 ? n : `${field} of ${other.name}`]));
  return `${JSON.stringify({ name: topic.name, description: topic.does, functions: topic.functions, fields }, null, 2)}\n`;
}
