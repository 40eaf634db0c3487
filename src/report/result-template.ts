/**
 * A result as a record for scripts and editors, by a template: `{path}:{line}\t{text}`. What stands in braces is a field; `{{` and `}}`
 * are braces; `\t \n \r \0 \\` are what they are elsewhere. All else is copied.
 */
import { RepobaseError } from "../protocol/errors.ts";
import type { SearchHit } from "../protocol/search-api.ts";
import { hitPlace } from "./hit-place.ts";
import type { Style } from "./style.ts";

/** A result, and where it lies for those who ask. */
export interface PlacedHit {
  readonly hit: SearchHit;
  /** Its file as the current folder sees it; undefined: its files are not on this machine. */
  readonly file: string | undefined;
  /** What the file is for: code, test, example, vendored, document. */
  readonly kind: string;
}

const FIELDS = {
  path: ({ hit }) => hit.path,
  file: ({ hit, file }) => file ?? hit.path,
  line: ({ hit }) => hitPlace(hit).line,
  column: ({ hit }) => hitPlace(hit).column,
  startLine: ({ hit }) => hit.startLine,
  endLine: ({ hit }) => hit.endLine,
  symbol: ({ hit }) => hit.symbol ?? "",
  kind: ({ kind }) => kind,
  language: ({ hit }) => hit.language,
  score: ({ hit }) => hit.score.toFixed(3),
  repo: ({ hit }) => hit.repoId,
  commit: ({ hit }) => hit.commit,
  text: ({ hit }) => hitPlace(hit).text,
} as const satisfies Record<string, (result: PlacedHit) => string | number>;

export type TemplateField = keyof typeof FIELDS;
export const TEMPLATE_FIELDS = Object.keys(FIELDS) as readonly TemplateField[];

export interface ResultTemplate {
  readonly fields: ReadonlySet<TemplateField>;
  /** Without an end of the record. @param style of where it goes: on a terminal a name stays on its line */
  render(result: PlacedHit, style: Style): string;
}

const ESCAPES: Readonly<Record<string, string | undefined>> = { t: "\t", n: "\n", r: "\r", "0": "\0", "\\": "\\" };
const PART = /\{\{|\}\}|\{([^{}]*)\}|\\([\s\S]?)|[{}]|[^{}\\]+/g;

/** @throws RepobaseError `usage` for an unknown field or escape, or a single brace */
export function parseTemplate(template: string): ResultTemplate {
  const parts = Array.from(template.matchAll(PART), parsePart);
  return {
    fields: new Set(parts.flatMap((part) => (typeof part === "string" ? [] : [part.field]))),
    render: (result, style) =>
      parts.map((part) => (typeof part === "string" ? part : style.name(String(FIELDS[part.field](result))))).join(""),
  };
}

function parsePart([whole, field, escaped]: RegExpMatchArray): string | { readonly field: TemplateField } {
  if (field !== undefined) {
    const known = TEMPLATE_FIELDS.find((each) => each === field);
    if (known === undefined) throw wrong(`there is no field "{${field}}"`);
    return { field: known };
  }
  if (escaped !== undefined) {
    const meant = ESCAPES[escaped];
    if (meant === undefined) throw wrong(`"\\${escaped}" means nothing`);
    return meant;
  }
  if (whole === "{{" || whole === "}}") return whole.charAt(0);
  if (whole === "{" || whole === "}") throw wrong(`"${whole}" stands alone; a brace itself is written twice`);
  return whole;
}

const wrong = (what: string): RepobaseError =>
  new RepobaseError("usage", `--format: ${what}`, {
    hint: `fields: ${TEMPLATE_FIELDS.map((each) => `{${each}}`).join(" ")}; escapes: \\t \\n \\r \\0 \\\\`,
  });
