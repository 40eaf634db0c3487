/**
 * The tools as a model of the chat may call them: those of `lookup/`, over the library of the question's scope. A call that means
 * nothing is answered with what is wrong, and counts; what a tool shows becomes sources, with numbers.
 */
import type { Library } from "../lookup/library.ts";
import type { Source, ToolAnswer } from "../lookup/tool.ts";
import { runTool, TOOLS } from "../lookup/tools.ts";
import type { ChatSource } from "../protocol/chat-api.ts";
import { isRepobaseError } from "../protocol/errors.ts";
import { selectLines } from "../text/lines.ts";
import type { ModelTool, ToolCall } from "./model.ts";
import { fencedText, placeText } from "./prompt.ts";
import { objectOf } from "./read-model-stream.ts";
import type { NumberedSources } from "./numbered-sources.ts";
import { firstLines } from "./source-text.ts";

const OFFERED: ReadonlySet<string> = new Set(["search", "read", "list"]);
/** Characters of a call's arguments: a question and some names. */
const MAX_ARGUMENTS = 8000;
/** Tokens of a tool's answer, whatever budget the model asks for; and of one source of it, as clients are given it. */
const MAX_BUDGET = 3000;
const MAX_SOURCE_TOKENS = 1200;
/** Sources of one answer that get a number. */
const MAX_SOURCES = 12;

export const CHAT_TOOLS: readonly ModelTool[] = TOOLS.filter(({ name }) => OFFERED.has(name)).map(
  ({ name, description, inputSchema }) => ({ name, description, inputSchema: { ...inputSchema } }),
);

export interface CalledTool {
  /** For the model. */
  readonly content: string;
  /** For people: what it looked up. */
  readonly about: string;
  readonly ok: boolean;
  readonly numbers: readonly number[];
  readonly added: readonly ChatSource[];
}

/** @throws RepobaseError `interrupted`; what is nobody's doing passes through */
export async function callTool(of: {
  readonly library: Library;
  readonly call: ToolCall;
  readonly sources: NumberedSources;
  readonly fence: string;
}): Promise<CalledTool> {
  const { library, call, sources, fence } = of;
  const parsed = parseArguments(call.arguments);
  const about = aboutOf(parsed);
  const answer = await run(library, call.name, parsed);
  if (answer.isError) return { content: fencedText(answer.text, fence), about, ok: false, numbers: [], added: [] };
  const texts = await Promise.all(answer.sources.slice(0, MAX_SOURCES).map((source) => withText(library, source)));
  const numbers: number[] = [];
  const added: ChatSource[] = [];
  for (const source of texts) {
    const known = sources.add(source);
    if (!known) continue;
    numbers.push(known.source.n);
    if (known.isNew) added.push(known.source);
  }
  const places = numbers.map((n) => `[${n}] ${placeText(sources.all[n - 1] as ChatSource)}`);
  const heading = places.length > 0 ? `Cite these places by their numbers:\n${places.join("\n")}\n` : "";
  return { content: `${heading}${fencedText(answer.text, fence)}`, about, ok: true, numbers, added };
}

async function run(library: Library, name: string, parsed: Record<string, unknown> | string): Promise<ToolAnswer> {
  if (!OFFERED.has(name))
    return wrong(`There is no tool ${JSON.stringify(name.slice(0, 50))}; there are search, read and list.`);
  if (typeof parsed === "string") return wrong(parsed);
  const budget = Number(parsed["budget"]);
  return runTool(library, name, { ...parsed, ...(budget > MAX_BUDGET && { budget: MAX_BUDGET }) });
}

const wrong = (text: string): ToolAnswer => ({ text, sources: [], isError: true });

/** A text says what is wrong with them. */
function parseArguments(text: string): Record<string, unknown> | string {
  if (text.length > MAX_ARGUMENTS) return `The arguments are longer than ${MAX_ARGUMENTS} characters.`;
  try {
    const value: unknown = JSON.parse(text.trim() === "" ? "{}" : text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return objectOf(value);
  } catch {
    // as below
  }
  return "The arguments are no JSON object.";
}

/** `"refresh token" in hono`; short. */
function aboutOf(parsed: Record<string, unknown> | string): string {
  if (typeof parsed === "string") return "";
  const word = (name: string) => (typeof parsed[name] === "string" ? (parsed[name] as string).slice(0, 120) : "");
  const query = word("query") === "" ? "" : JSON.stringify(word("query"));
  const what = query || word("path") || word("dir");
  return [what, word("repo")].filter((part) => part !== "").join(" in ");
}

/** With the lines themselves, for clients to show. */
async function withText(library: Library, source: Source) {
  const { repo, repoId, commit, path, startLine, endLine } = source;
  const place = { repo, repoId, commit, path, startLine, endLine, url: null, symbol: null };
  try {
    const file = await library.read({ repo: repoId, path, ref: commit });
    const { text } = firstLines(selectLines(file.text, { from: startLine, to: endLine }), MAX_SOURCE_TOKENS);
    return { ...place, language: file.language, text };
  } catch (error) {
    // the index moved on meanwhile: the place stays, without its lines
    if (!isRepobaseError(error) || error.code === "interrupted") throw error;
    return { ...place, language: "", text: "" };
  }
}
