/**
 * Where JSON from outside becomes a value with a type: a schema checks the whole of it, or it is refused with the name of the
 * document and of the first field that is wrong. The value comes back as it was read: fields that a newer program added are kept,
 * so a document that is written again loses nothing, and its canonical bytes and its hash stay.
 */
import { boolean, check, custom, getDotPath, number, object, pipe, safeInteger, safeParse, string } from "valibot";
import type { GenericSchema, ObjectEntries } from "valibot";
import { type ErrorCode, RepobaseError } from "./errors.ts";

export interface DocumentType<T> {
  /** What messages call it when they know no key or path. */
  readonly name: string;
  readonly schema: GenericSchema<unknown, T>;
  /** The newest `format` this program reads; undefined: the document has no such field. */
  readonly format?: number;
  /** What a damaged one is called. */
  readonly damaged: ErrorCode;
  readonly hint?: string;
}

/**
 * @param where key or path, for the message
 * @throws RepobaseError `unsupported_format` for a newer format, else `type.damaged` with the fields `document` and `field`
 */
export function decodeDocument<T>(type: DocumentType<T>, bytes: Uint8Array | string, where?: string): T {
  let value: unknown;
  try {
    const text =
      typeof bytes === "string" ? bytes : new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged(type, { where, field: "", why: "is not JSON", cause });
  }
  return checkDocument(type, value, where);
}

/** The same for a value that is parsed already. */
export function checkDocument<T>(type: DocumentType<T>, value: unknown, where?: string): T {
  if (type.format !== undefined) refuseNewer(type, value, where);
  const result = safeParse(type.schema, value, { abortEarly: true });
  if (!result.success) {
    const [issue] = result.issues;
    throw damaged(type, { where, field: getDotPath(issue) ?? "", why: issue.message });
  }
  // not `result.output`, which lacks the fields that the schema does not know; no schema here changes a value
  return value as T;
}

function refuseNewer(type: DocumentType<unknown>, value: unknown, where: string | undefined): void {
  const format = typeof value === "object" && value !== null && "format" in value ? value.format : undefined;
  if (typeof format === "number" && format > (type.format ?? 0))
    throw new RepobaseError(
      "unsupported_format",
      `${nameOf(type, where)} has format ${format}, newer than ${type.format}`,
      {
        hint: "update repobase",
      },
    );
}

function damaged(
  type: DocumentType<unknown>,
  of: { where: string | undefined; field: string; why: string; cause?: unknown },
): RepobaseError {
  const what = of.field === "" ? `it ${of.why}` : `"${of.field}" ${of.why}`;
  return new RepobaseError(type.damaged, `${nameOf(type, of.where)} is damaged: ${what}`, {
    hint: type.hint,
    fields: { document: of.where ?? type.name, ...(of.field === "" ? {} : { field: of.field }) },
    cause: of.cause,
  });
}

const nameOf = (type: DocumentType<unknown>, where: string | undefined): string =>
  where === undefined ? `the ${type.name}` : `"${where}"`;

/** Parts of schemas; each message is what follows the name of the field. */
export const text = string(say("must be text"));
export const yesNo = boolean(say("must be true or false"));
/** A whole number, 0 or more. */
export const count = pipe(
  number(say("must be a number")),
  safeInteger("must be a whole number"),
  check((value) => value >= 0, "must not be negative"),
);

/** Other fields may stand beside these. */
export const fields = <const Entries extends ObjectEntries>(entries: Entries) =>
  object(entries, say("must be an object"));

/** Text with more to it. @param is what it must be, after "must be" */
export const textThat = (test: (value: string) => boolean, is: string) => pipe(text, check(test, `must be ${is}`));

/** Any names, each with a text. (Not valibot's `record`, which leaves names such as `constructor` out, a branch name like any other.) */
export const textByName = <T extends string = string>(test: (value: string) => boolean, each: string) =>
  custom<Readonly<Record<string, T>>>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((one) => typeof one === "string" && test(one)),
    `must be an object whose values are ${each}`,
  );

function say(message: string) {
  return (issue: { readonly received: string }) => (issue.received === "undefined" ? "is missing" : message);
}
