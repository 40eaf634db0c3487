/** The arguments of the tools: their JSON Schema for agents, and the same as a schema that decodes them. */
import { check, nullish, pipe, union, number } from "valibot";
import { text } from "../protocol/decode.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { DEFAULT_BUDGET, MAX_BUDGET, MIN_BUDGET } from "./answer-text.ts";

/** null and an empty text were not said. */
export const optionalText = nullish(text);

/** A whole number from 1, also as text: models write either. */
export const optionalNumber = nullish(
  pipe(
    union([number(), text], "must be a number"),
    check(
      (value) => value === "" || (Number.isSafeInteger(Number(value)) && Number(value) >= 1),
      "must be a whole number, 1 or more",
    ),
  ),
);

export const numberOf = (value: number | string | null | undefined): number | undefined =>
  value === undefined || value === null || value === "" ? undefined : Number(value);

export const textOf = (value: string | null | undefined): string | null => value?.trim() || null;

/** @throws RepobaseError `usage` for too small a one; a larger one than any answer may have is that one */
export function budgetOf(value: number | string | null | undefined): number {
  const budget = numberOf(value) ?? DEFAULT_BUDGET;
  if (budget < MIN_BUDGET) throw new RepobaseError("usage", `budget must be ${MIN_BUDGET} tokens or more`);
  return Math.min(budget, MAX_BUDGET);
}

export const ARGUMENTS = {
  repo: { type: "string", description: "Repository: name or id." },
  ref: {
    type: "string",
    description: "Indexed branch, tag or commit (default: the newest state of the default branch).",
  },
  lang: { type: "string", description: "Only this language, such as typescript." },
  budget: {
    type: "integer",
    description: `Most tokens of the answer (default ${DEFAULT_BUDGET}).`,
    minimum: MIN_BUDGET,
    maximum: MAX_BUDGET,
  },
  cursor: {
    type: "string",
    description: "Goes on where an answer was cut: its cursor, with the same other arguments.",
  },
} as const;

/** For all tools: they read, and only what is indexed. */
export const READS_ONLY = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
} as const;
