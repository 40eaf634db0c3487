/** JSON-RPC 2.0 as MCP has it: what kind of message a value is, and how results and errors are written. */

/** MCP: a request's id is a text or a whole number, never null. */
export type RequestId = string | number;

export type JsonObject = Readonly<Record<string, unknown>>;

export type McpMessage =
  | { readonly kind: "request"; readonly id: RequestId; readonly method: string; readonly params: JsonObject }
  | { readonly kind: "notification"; readonly method: string; readonly params: JsonObject }
  /** To a request of ours: there are none. */
  | { readonly kind: "response" }
  | { readonly kind: "invalid"; readonly id: RequestId | undefined; readonly why: string };

export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;
/** MCP's own, since 2026-07-28. */
export const HEADER_MISMATCH = -32020;
export const UNSUPPORTED_VERSION = -32022;

export interface McpFault {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

export const resultMessage = (id: RequestId, result: JsonObject): JsonObject => ({ jsonrpc: "2.0", id, result });

/** @param id undefined: it could not be read */
export const errorMessage = (id: RequestId | undefined, error: McpFault): JsonObject => ({
  jsonrpc: "2.0",
  ...(id !== undefined && { id }),
  error,
});

export function readMessage(value: unknown): McpMessage {
  if (!isObject(value)) return { kind: "invalid", id: undefined, why: "a message is an object" };
  const { jsonrpc, id, method, params = {} } = value;
  const known = isRequestId(id) ? id : undefined;
  if (jsonrpc !== "2.0") return { kind: "invalid", id: known, why: '"jsonrpc" must be "2.0"' };
  if (method === undefined && ("result" in value || "error" in value)) return { kind: "response" };
  if (typeof method !== "string") return { kind: "invalid", id: known, why: '"method" must be text' };
  if (!isObject(params)) return { kind: "invalid", id: known, why: '"params" must be an object' };
  if (id === undefined) return { kind: "notification", method, params };
  if (known === undefined) return { kind: "invalid", id: known, why: '"id" must be text or a whole number' };
  return { kind: "request", id: known, method, params };
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isRequestId = (id: unknown): id is RequestId => typeof id === "string" || Number.isSafeInteger(id);
