/** What a tool is, and what it answers. */
import type { GenericSchema } from "valibot";
import type { Library } from "./library.ts";

/** Lines of a file that an answer shows, both included. */
export interface Source {
  /** The repository's name. */
  readonly repo: string;
  readonly repoId: string;
  readonly commit: string;
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
}

export interface ToolAnswer {
  readonly text: string;
  readonly sources: readonly Source[];
  /** The text says what is wrong, and what to do. */
  readonly isError: boolean;
}

/** JSON Schema of one argument. */
interface ArgumentSchema {
  readonly type: "string" | "integer";
  readonly description: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** As MCP lists it. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: {
    readonly type: "object";
    readonly properties: Readonly<Record<string, ArgumentSchema>>;
    readonly required: readonly string[];
    readonly additionalProperties: false;
  };
  readonly annotations: {
    readonly readOnlyHint: true;
    readonly destructiveHint: false;
    readonly idempotentHint: true;
    readonly openWorldHint: false;
  };
}

export interface ToolKind<Args> {
  readonly tool: Tool;
  readonly schema: GenericSchema<unknown, Args>;
  /** @throws what the library throws, and `usage` */
  run(library: Library, args: Args, options: { readonly now: number }): Promise<ToolAnswer>;
}

export const well = (text: { toString(): string }, sources: readonly Source[] = []): ToolAnswer => ({
  text: text.toString(),
  sources,
  isError: false,
});
