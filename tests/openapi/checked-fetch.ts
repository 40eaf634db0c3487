/** A fetch that holds every request and answer against the OpenAPI document: what the document does not say is an error. */
import Ajv, { type ValidateFunction } from "ajv/dist/2020.js";
import type { JsonSchema } from "../../src/openapi/route.ts";

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content } | undefined>>;
}
type Content = Readonly<Record<string, { readonly schema?: JsonSchema } | undefined>>;
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** What an operation may answer with, for those that have only the answer. */
export interface Contract {
  /** `method path` of the document, in lower case. */
  readonly operations: readonly string[];
  /** Those that were answered well. */
  readonly answered: ReadonlySet<string>;
  /** @throws Error for what the document does not say */
  readonly fetch: (request: Request) => Promise<Response>;
}

const JSON_TYPE = "application/json";
const PROBLEM_TYPE = "application/problem+json";

export function contractOf(document: JsonSchema, send: (request: Request) => Promise<Response>): Contract {
  const paths = document["paths"] as Paths;
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addSchema({ $id: "doc", ...(closed(document) as JsonSchema) });
  const checks = new Map<string, ValidateFunction>();
  const check = (pointer: readonly string[], value: unknown, what: string) => {
    const ref = `doc#/${pointer.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`;
    const validate = checks.get(ref) ?? ajv.compile({ $ref: ref });
    checks.set(ref, validate);
    if (!validate(value))
      throw new Error(`${what}: ${ajv.errorsText(validate.errors?.slice(0, 5))} in ${shown(value)}`);
  };
  // the longest words first: `/v1/repos/{id}/files` is no file
  const patterns = Object.keys(paths)
    .map((path) => ({ path, pattern: patternOf(path) }))
    .toSorted((a, b) => b.path.length - a.path.length);
  const find = (method: string, pathname: string) => {
    const found = patterns.find(({ path, pattern }) => pattern.test(pathname) && paths[path]?.[method.toLowerCase()]);
    return found && `${method.toLowerCase()} ${found.path}`;
  };
  const operationOf = (name: string): readonly [Operation, readonly string[]] => {
    const [method = "", path = ""] = name.split(" ");
    const operation = paths[path]?.[method];
    if (!operation) throw new Error(`the document has no ${name}`);
    return [operation, ["paths", path, method]];
  };
  const answered = new Set<string>();
  return {
    operations: Object.entries(paths).flatMap(([path, all]) => Object.keys(all).map((method) => `${method} ${path}`)),
    answered,
    async fetch(request) {
      const url = new URL(request.url);
      const name = find(request.method, url.pathname);
      if (name === undefined) throw new Error(`the document has no ${request.method} ${url.pathname}`);
      const [operation, place] = operationOf(name);
      for (const each of url.searchParams.keys())
        if (!operation.parameters?.some((parameter) => parameter.in === "query" && parameter.name === each))
          throw new Error(`the document has no parameter ${each} of ${name}`);
      if (operation.requestBody?.content[JSON_TYPE])
        check(
          [...place, "requestBody", "content", JSON_TYPE, "schema"],
          await request.clone().json(),
          `body of ${name}`,
        );
      const answer = await send(request);
      const response = operation.responses[answer.status];
      if (!response) throw new Error(`${name}: ${answer.status} is not in the document: ${await answer.text()}`);
      const type = (answer.headers.get("content-type") ?? "").split(";")[0] ?? "";
      const types = Object.keys(response.content ?? {});
      if (answer.status < 300 && !types.includes(type) && !types.includes("*/*"))
        throw new Error(`${name}: ${answer.status} is ${type}, the document says ${types.join()}`);
      const content = response.content?.[type];
      if (content?.schema && (type === JSON_TYPE || type === PROBLEM_TYPE))
        check(
          [...place, "responses", String(answer.status), "content", type, "schema"],
          await answer.clone().json(),
          `${answer.status} of ${name}`,
        );
      if (answer.status < 400) answered.add(name);
      return answer;
    },
  };
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{(\w+)\}/g, (_, name) => (name === "path" ? ".+" : "[^/]+"))}$`);

/** Clients must take fields that they do not know; here they are what the document forgot. (A problem has fields of its error's own.) */
function closed(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((each) => closed(each));
  if (typeof value !== "object" || value === null || name === "Problem") return value;
  const entries = Object.entries(value).map(([key, each]) => [key, closed(each, key)]);
  const isFree = Object.keys(value).length === 0 || "additionalProperties" in value || !("type" in value);
  const properties = "properties" in value && Object.keys(value.properties as object).length > 0;
  return Object.fromEntries(isFree || !properties ? entries : [...entries, ["additionalProperties", false]]);
}

const shown = (value: unknown): string => JSON.stringify(value).slice(0, 400);
