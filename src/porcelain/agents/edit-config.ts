/**
 * One server put into a client's configuration, or taken out: all else stays, comments and order too. Only the white space of the entry
 * beside it may change.
 */
import { applyEdits, modify, parse, type ParseError, printParseErrorCode } from "jsonc-parser";
import { parse as parseToml, stringify as stringifyToml } from "smol-toml";
import { RepobaseError } from "../../protocol/errors.ts";
import type { AgentClient } from "./clients.ts";

export interface ServerEntry {
  readonly type?: "stdio";
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Under this name we stand in every configuration. */
export const SERVER_NAME = "repobase";

/**
 * @param text of the file; empty: there is none
 * @param entry undefined: it is taken out
 * @throws RepobaseError `usage` for a file that is not what the client would read
 */
export function editConfig(client: AgentClient, text: string, entry: ServerEntry | undefined): string {
  return client.format === "json" ? editJson(client, text, entry) : editToml(client, text, entry);
}

function editJson({ key }: AgentClient, text: string, entry: ServerEntry | undefined): string {
  const errors: ParseError[] = [];
  const given = text.trim() === "" ? "{}\n" : text;
  const value: unknown = parse(given, errors, { allowTrailingComma: true });
  const [wrong] = errors;
  if (wrong)
    throw unreadable(`${printParseErrorCode(wrong.error)} in line ${given.slice(0, wrong.offset).split("\n").length}`);
  if (!isTable(value)) throw unreadable("it is no object");
  const servers = value[key];
  if (servers !== undefined && !isTable(servers)) throw unreadable(`"${key}" is no object`);
  if (entry === undefined && !(servers && SERVER_NAME in servers)) return text;
  if (entry !== undefined && servers && Bun.deepEquals(servers[SERVER_NAME], entry, true)) return text;
  const indent = /\n([ \t]+)\S/.exec(given)?.[1] ?? "  ";
  const formattingOptions = {
    insertSpaces: !indent.includes("\t"),
    tabSize: indent.includes("\t") ? 1 : indent.length,
    eol: given.includes("\r\n") ? "\r\n" : "\n",
  };
  return applyEdits(given, modify(given, [key, SERVER_NAME], entry, { formattingOptions }));
}

/** A table of its own, which begins at its head and ends at the next one: it is replaced as text, and what that gives is read again. */
function editToml({ key }: AgentClient, text: string, entry: ServerEntry | undefined): string {
  const before = readToml(text);
  const servers = before[key] ?? {};
  if (!isTable(servers)) throw unreadable(`"${key}" is no table`);
  const known = servers[SERVER_NAME];
  if (entry === undefined && known === undefined) return text;
  const plain = entry && { command: entry.command, args: [...entry.args], ...(entry.env && { env: { ...entry.env } }) };
  if (plain && Bun.deepEquals(known, plain, true)) return text;
  const block = plain
    ? stringifyToml({ [key]: { [SERVER_NAME]: plain } })
        .replace(`[${key}]\n`, "")
        .trim()
    : "";
  const rest = withoutTable(text, `${key}.${SERVER_NAME}`);
  const after = block === "" ? rest : `${rest.trimEnd()}${rest.trim() === "" ? "" : "\n\n"}${block}\n`;
  const { [SERVER_NAME]: _, ...others } = servers;
  const wanted = { ...before, [key]: { ...others, ...(plain && { [SERVER_NAME]: plain }) } };
  const made = readToml(after);
  if (!Bun.deepEquals({ ...made, [key]: made[key] ?? {} }, wanted))
    throw unreadable(`"${key}.${SERVER_NAME}" is written in a form that cannot be changed without touching the rest`);
  return after;
}

/** Without the lines of a table and of those below it, up to the next head. */
function withoutTable(text: string, name: string): string {
  const head = /^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(#.*)?$/;
  let inside = false;
  return text
    .split("\n")
    .filter((line) => {
      const found = head.exec(line)?.[1]?.replace(/["'\s]/g, "");
      if (found !== undefined) inside = found === name || found.startsWith(`${name}.`);
      return !inside;
    })
    .join("\n");
}

function readToml(text: string): Record<string, unknown> {
  try {
    return parseToml(text);
  } catch (error) {
    throw unreadable(error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error));
  }
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const unreadable = (why: string): RepobaseError =>
  new RepobaseError("usage", `the configuration cannot be changed: ${why}`, {
    hint: "mend it, or take the entry of --print into it by hand",
  });
