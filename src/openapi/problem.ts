/** What every error is answered with; the fields of an error's own come beside these. */
import { ERROR_TABLE } from "../protocol/errors.ts";
import type { JsonSchema } from "./route.ts";

const text = (description: string): JsonSchema => ({ type: "string", description });

export const PROBLEM_SCHEMA: JsonSchema = {
  type: "object",
  required: ["type", "title", "status", "code", "detail"],
  properties: {
    type: text("a URN of the code"),
    title: text("the code in words"),
    status: { type: "integer", description: "the HTTP status" },
    code: { enum: Object.keys(ERROR_TABLE), description: "stable: never reused or renamed" },
    detail: text("what failed, on what"),
    hint: text("what to do next"),
  },
};
