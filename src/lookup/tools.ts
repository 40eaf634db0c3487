/**
 * The tools, and how a call becomes an answer. Whatever an agent gives is answered in words it can act on; what is not its doing is
 * said without the inside of the machine.
 */
import { getDotPath, safeParse } from "valibot";
import { ERROR_TABLE, type ErrorCode, isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import { AnswerText, DEFAULT_BUDGET, shownName } from "./answer-text.ts";
import type { Library } from "./library.ts";
import { LIST_TOOL } from "./list-tool.ts";
import { READ_TOOL } from "./read-tool.ts";
import { SEARCH_TOOL } from "./search-tool.ts";
import { STATUS_TOOL } from "./status-tool.ts";
import type { Tool, ToolAnswer, ToolKind } from "./tool.ts";

const kind = <Args>(of: ToolKind<Args>) => ({
  tool: of.tool,
  run: (library: Library, args: unknown, options: { readonly now: number }): Promise<ToolAnswer> =>
    of.run(library, checked(of, args), options),
});

const KINDS = [kind(SEARCH_TOOL), kind(READ_TOOL), kind(LIST_TOOL), kind(STATUS_TOOL)];

export const TOOLS: readonly Tool[] = KINDS.map(({ tool }) => tool);

/**
 * @param args as a model wrote them
 * @returns `isError`, with what is wrong and what to do, for arguments that mean nothing and for what is not there
 * @throws RepobaseError `not_found` for a tool that there is not; what is neither the caller's doing nor a RepobaseError passes through
 */
export async function runTool(
  library: Library,
  name: string,
  args: unknown,
  options: { readonly now?: number } = {},
): Promise<ToolAnswer> {
  const tool = KINDS.find((each) => each.tool.name === name);
  if (tool === undefined)
    throw new RepobaseError("not_found", `there is no tool ${JSON.stringify(name.slice(0, 100))}`, {
      hint: `tools: ${TOOLS.map((each) => each.name).join(", ")}`,
    });
  try {
    return await tool.run(library, args ?? {}, { now: options.now ?? Date.now() });
  } catch (error) {
    if (!isRepobaseError(error) || error.code === "interrupted") throw error;
    return { text: await wordsFor(error, library), sources: [], isError: true };
  }
}

function checked<Args>({ tool, schema }: ToolKind<Args>, args: unknown): Args {
  const result = safeParse(schema, args, { abortEarly: true });
  if (!result.success) {
    const [issue] = result.issues;
    const field = getDotPath(issue);
    throw new RepobaseError("usage", field === null ? `the arguments ${issue.message}` : `"${field}" ${issue.message}`);
  }
  const known = Object.keys(tool.inputSchema.properties);
  const unknown = Object.keys(args as object).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new RepobaseError("usage", `${tool.name} has no argument ${JSON.stringify(unknown.slice(0, 50))}`, {
      hint: `it takes ${known.join(", ")}`,
    });
  return result.output;
}

/** Errors whose words are about the question. Those of others are about the machine, and stay there. */
const ABOUT_THE_QUESTION: ReadonlySet<ErrorCode> = new Set([
  "usage",
  "not_found",
  "repo_not_found",
  "ref_not_found",
  "range_not_satisfiable",
  "model_unavailable",
  "unauthorized",
  "forbidden",
  "rate_limited",
]);

/** Repositories that are named to who named another. */
const KNOWN = 20;

async function wordsFor(error: RepobaseError, library: Library): Promise<string> {
  const answer = new AnswerText(DEFAULT_BUDGET / 2);
  const { code, message, hint } = error;
  if (!ABOUT_THE_QUESTION.has(code)) {
    answer.addCut(`Error (${code}): ${ERROR_TABLE[code].meaning}.`);
    return answer.toString();
  }
  answer.addCut(`Error: ${message}.`);
  if (hint !== undefined && code !== "repo_not_found") answer.addCut(`${capital(hint)}.`);
  if (code === "repo_not_found") answer.addCut(await knownRepos(library));
  return answer.toString();
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

async function knownRepos(library: Library): Promise<string> {
  const repos = await library.repos().catch((error: unknown) => {
    if (isRepobaseError(error)) return []; // the first error is the one to tell
    throw error;
  });
  if (repos.length === 0) return "Nothing is indexed yet: repobase add <url or path> on the machine that has the code.";
  const names = new Map<string, number>();
  for (const { name } of repos) names.set(name, (names.get(name) ?? 0) + 1);
  const shown = repos.slice(0, KNOWN).map(({ id, name }) => (names.get(name) === 1 ? shownName(name) : id));
  const left = repos.length > KNOWN ? `, and ${repos.length - KNOWN} more (call list)` : "";
  return `Indexed here: ${shown.join(", ")}${left}.`;
}
