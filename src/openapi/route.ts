/**
 * What one route of the HTTP API is, for those who write programs against it. Its body is described by the very schema that the route
 * decodes with; nothing here is part of the server, which starts on every cold request.
 */
import type { GenericSchema } from "valibot";
import type { ErrorCode } from "../protocol/errors.ts";

/** What a caller needs: a scope of a key or session, or one of the other words. */
export type Need = "nothing" | "read" | "write" | "notify" | "admin" | "a person's session" | "admin token";

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly about: string;
  /** Default: any text. */
  readonly schema?: JsonSchema;
  readonly required?: boolean;
}

/** A `DocumentType` is one; so is any other schema as `{ schema }`. A text: no JSON, of this media type. null: no body. */
export type RouteAnswer = { readonly schema: GenericSchema } | `${string}/${string}` | null;

export interface Route {
  /** One sentence without a full stop. */
  readonly about: string;
  readonly needs: Need;
  /** What the names in the path are, where PATH_NAMES does not say it. */
  readonly path?: Readonly<Record<string, Parameter>>;
  readonly query?: Readonly<Record<string, Parameter>>;
  readonly headers?: Readonly<Record<string, Parameter>>;
  /** The schema that the route decodes with; a text: no JSON, of this media type. */
  readonly body?: GenericSchema | `${string}/${string}`;
  /** An answer that is a stored object: it has an ETag, which `If-None-Match` may name (304). */
  readonly stored?: boolean;
  /** A write that brings `If-Match` or `If-None-Match: *`. */
  readonly conditional?: boolean;
  /** By status. */
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  /** Beside those that any route of its kind may answer with (document.ts). */
  readonly errors?: readonly ErrorCode[];
}

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** `METHOD path`, the path as Hono has it. */
export type RouteTable = Readonly<Record<`${Method} /${string}`, Route>>;

export const param = (about: string, schema?: JsonSchema): Parameter => ({ about, ...(schema && { schema }) });
export const needed = (about: string, schema?: JsonSchema): Parameter => ({ ...param(about, schema), required: true });
