/** The OpenAPI 3.1 document, made of the table of routes when the page is built (scripts/build-page.ts). */
import { ERROR_TABLE, type ErrorCode } from "../protocol/errors.ts";
import { jsonSchemaOf } from "./json-schema.ts";
import { PROBLEM_SCHEMA } from "./problem.ts";
import type { RouteAnswer, JsonSchema, Method, Need, Parameter, Route } from "./route.ts";
import { SCHEMAS } from "./schemas.ts";
import { SUBJECTS } from "./table.ts";

const JSON_TYPE = "application/json";
const ETAG = { ETag: { schema: { type: "string" } } };

/** What the names in paths are, whatever the route. */
const PATH_NAMES: Readonly<Record<string, Parameter>> = {
  id: { about: "an id; of a repository below `/v1/repos`" },
  repo: { about: "a repository id" },
  path: { about: "of a file of the index; slashes as they are" },
  sha256: { about: "its own hash, hex", schema: { type: "string", pattern: "^[0-9a-f]{64}$" } },
  tableId: { about: "id of the table", schema: { type: "string", pattern: "^[0-9a-f]{32}$" } },
  person: { about: "id of a person: `github-<number>`" },
  org: { about: "login of a GitHub organisation" },
  name: { about: "of a file" },
};

const SPACE_HEADER = { about: "the space; a key has one, a session may have several" };

export function openApiDocument(version: string): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const { name: tag, routes } of SUBJECTS)
    for (const [line, route] of Object.entries(routes)) {
      const { method, path } = parseLine(line);
      (paths[openApiPath(path)] ??= {})[method.toLowerCase()] = operationOf({ method, path, tag, route });
    }
  return {
    openapi: "3.1.0",
    info: {
      title: "Repobase",
      version,
      description:
        "Index code, search it, sync the index. HEAD may stand for any GET. All errors are problem+json (RFC 9457) with a stable `code`.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: SUBJECTS.map(({ name, about }) => ({ name, description: about })),
    paths,
    components: {
      schemas: {
        ...Object.fromEntries(Object.entries(SCHEMAS).map(([name, schema]) => [name, jsonSchemaOf(schema, false)])),
        Problem: PROBLEM_SCHEMA,
      },
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "an API key; the scopes that it must have are named" },
        session: { type: "apiKey", in: "cookie", name: "__Host-repobase", description: "the page's sign-in" },
        adminToken: { type: "http", scheme: "bearer", description: "the server's admin token" },
      },
    },
  };
}

export function parseLine(line: string): { readonly method: Method; readonly path: string } {
  const [method, path = ""] = line.split(" ");
  return { method: method as Method, path };
}

/** `:id` and a rest of the path as OpenAPI has them. */
const openApiPath = (path: string): string => path.replace(/:(\w+)(?:\{[^}]*\})?/g, "{$1}").replace(/\*$/, "{path}");

function operationOf(of: {
  readonly method: Method;
  readonly path: string;
  readonly tag: string;
  readonly route: Route;
}): JsonSchema {
  const { method, path, tag, route } = of;
  const parameters = parametersOf(path, route);
  return {
    operationId: operationId(method, path),
    summary: route.about,
    tags: [tag],
    security: securityOf(route.needs),
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && { requestBody: { required: true, content: contentOf(route.body) } }),
    responses: { ...answersOf(route), ...problemsOf(errorsOf(path, route)) },
  };
}

/** `getV1ReposIdFiles`: made of method and path, so that it stays when the words change. */
const operationId = (method: Method, path: string): string =>
  method.toLowerCase() +
  openApiPath(path)
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");

function securityOf(needs: Need): readonly JsonSchema[] {
  if (needs === "nothing") return [];
  if (needs === "admin token") return [{ adminToken: [] }];
  if (needs === "a person's session") return [{ session: [] }];
  return [{ key: [needs] }, { session: [needs] }];
}

function parametersOf(path: string, route: Route): readonly JsonSchema[] {
  const names = [...openApiPath(path).matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const list = (place: string, parameters: Readonly<Record<string, Parameter>> = {}) =>
    Object.entries(parameters).map(([name, { about, schema, required }]) => ({
      name,
      in: place,
      description: about,
      required: required ?? false,
      schema: schema ?? { type: "string" },
    }));
  const inPath = names.map((name) => {
    const known = route.path?.[name] ?? PATH_NAMES[name];
    if (!known) throw new Error(`say in src/openapi/document.ts what :${name} is, which is in the path ${path}`);
    return [name, { ...known, required: true }] as const;
  });
  return [
    ...list("path", Object.fromEntries(inPath)),
    ...list("query", route.query),
    ...list("header", { ...(takesSpace(route.needs) && { "X-User-ID": SPACE_HEADER }), ...headersOf(route) }),
  ];
}

const takesSpace = (needs: Need): boolean => !["nothing", "admin token", "a person's session"].includes(needs);

function headersOf(route: Route): Readonly<Record<string, Parameter>> {
  return {
    ...(route.stored && { "If-None-Match": { about: "ETag of what is known: 304 if it is still so" } }),
    ...(route.conditional && {
      "If-Match": { about: "ETag of what is replaced" },
      "If-None-Match": { about: "`*`: there is nothing yet", schema: { const: "*" } },
    }),
    ...route.headers,
  };
}

const contentOf = (what: NonNullable<Route["body"]>): JsonSchema =>
  typeof what === "string" ? { [what]: {} } : { [JSON_TYPE]: { schema: jsonSchemaOf(what) } };

function answersOf({ answers, stored, conditional }: Route): JsonSchema {
  const headers = stored || conditional ? { headers: ETAG } : {};
  const said = Object.entries(answers).map(([status, answer]) => [
    status,
    { description: WORDS[status] ?? "ok", ...headers, ...contentOfAnswer(answer) },
  ]);
  return { ...Object.fromEntries(said), ...(stored && { 304: { description: "unchanged" } }) };
}

const WORDS: Readonly<Record<string, string>> = { 201: "made", 202: "not yet", 206: "a part", 302: "go there" };

function contentOfAnswer(answer: RouteAnswer): JsonSchema {
  if (answer === null) return {};
  return { content: contentOf(typeof answer === "string" ? answer : answer.schema) };
}

/** All that a route may fail with. */
export function errorsOf(path: string, route: Route): readonly ErrorCode[] {
  const { needs, body, errors = [] } = route;
  const codes: readonly (ErrorCode | false)[] = [
    "usage",
    path.startsWith("/v1/") && "failure",
    path.startsWith("/v1/") && "transient",
    ...(needs === "nothing" ? [] : (["unauthorized", "forbidden", "rate_limited"] as const)),
    ...(body === undefined ? [] : (["too_large", "hash_mismatch"] as const)),
    ...errors,
  ];
  return [...new Set(codes.filter((code) => code !== false))];
}

function problemsOf(codes: readonly ErrorCode[]): JsonSchema {
  const byStatus = Map.groupBy(codes, (code) => ERROR_TABLE[code].http);
  return Object.fromEntries(
    Array.from(byStatus, ([status, those]) => [
      status,
      {
        description: those.map((code) => `\`${code}\`: ${ERROR_TABLE[code].meaning}`).join("; "),
        content: {
          "application/problem+json": {
            schema: {
              allOf: [{ $ref: "#/components/schemas/Problem" }, { properties: { code: { enum: those.toSorted() } } }],
            },
          },
        },
      },
    ]),
  );
}
