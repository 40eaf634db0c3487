/**
 * valibot schemas as JSON Schema (2020-12, which OpenAPI 3.1 uses). Checks in code say nothing that JSON Schema could repeat and are left
 * out; a `custom` schema has only its message, so what JSON it takes is told here, and one that is not stops the build.
 */
import { type JsonSchema as Converted, type OverrideSchemaContext, toJsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import type { JsonSchema } from "./route.ts";
import { SCHEMAS } from "./schemas.ts";

/** By what the message begins with. */
const CUSTOM: readonly (readonly [message: string, schema: JsonSchema])[] = [
  ["must be an object whose values are counts", byName({ type: "integer", minimum: 1 })],
  ["must be an object whose values are ", byName({ type: "string" })],
  ["must be a list of numbers", { type: "array", items: { type: "number" } }],
  ["must be an object of model ids and lists of numbers", byName({ type: "array", items: { type: "number" } })],
];

function byName(each: JsonSchema): JsonSchema {
  return { type: "object", additionalProperties: each };
}

const NAMES = new Map<unknown, string>(Object.entries(SCHEMAS).map(([name, schema]) => [schema, name]));

const refTo = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

/** @param shared false: `schema` itself is written out though it has a name, those in it are still named */
export function jsonSchemaOf(schema: GenericSchema, shared = true): JsonSchema {
  const { $schema: _, ...converted } = toJsonSchema(schema, {
    target: "draft-2020-12",
    typeMode: "input",
    overrideAction: ({ valibotAction, jsonSchema }) => {
      if (valibotAction.type === "safe_integer") return { type: "integer" };
      if (valibotAction.type !== "check") return undefined;
      // of `count`; what other checks look at is in the text
      return "message" in valibotAction && valibotAction.message === "must not be negative"
        ? { ...jsonSchema, minimum: 0 }
        : jsonSchema;
    },
    overrideSchema: (context) => {
      const name = NAMES.get(context.valibotSchema);
      if (name !== undefined && (shared || context.valibotSchema !== schema)) return refTo(name) as Converted;
      return special(context) as Converted | undefined;
    },
  });
  return converted;
}

function special({ valibotSchema }: OverrideSchemaContext): JsonSchema | undefined {
  const { type } = valibotSchema;
  if (type === "object" && "entries" in valibotSchema && Object.keys(valibotSchema.entries as object).length === 0)
    return { type, additionalProperties: true };
  if (type !== "custom") return undefined;
  const message = "message" in valibotSchema ? String(valibotSchema.message) : "";
  const known = CUSTOM.find(([begin]) => message.startsWith(begin));
  if (!known) throw new Error(`say in src/openapi/json-schema.ts what JSON a value takes that "${message}"`);
  return known[1];
}
