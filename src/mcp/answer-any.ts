/** A message as it comes over the wire: text that may be no JSON, or several messages where the protocol has batches. */
import { answer, type McpContext } from "./answer.ts";
import { errorMessage, INVALID_REQUEST, type JsonObject, PARSE_ERROR } from "./json-rpc.ts";

/** Messages of one batch. */
const MAX_BATCH = 50;

export interface WireReply {
  /** Over HTTP. */
  readonly status: number;
  readonly body: JsonObject | readonly JsonObject[];
}

/** @returns undefined: it is no JSON */
export function parseWire(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

export const notJson = (): WireReply => fault(PARSE_ERROR, "the message is not JSON");

/** @param batches may several messages come as one array? @returns undefined: there is nothing to answer */
export async function answerAny(
  value: unknown,
  context: McpContext,
  { batches }: { readonly batches: boolean },
): Promise<WireReply | undefined> {
  if (!Array.isArray(value)) {
    const reply = await answer(value, context);
    return reply && { status: reply.status, body: reply.message };
  }
  if (!batches) return fault(INVALID_REQUEST, "this version of the protocol has no batches");
  if (value.length === 0 || value.length > MAX_BATCH)
    return fault(INVALID_REQUEST, `a batch has 1 to ${MAX_BATCH} messages`);
  const replies = await Promise.all(value.map((message) => answer(message, context)));
  const body = replies.flatMap((reply) => (reply === undefined ? [] : [reply.message]));
  return body.length === 0 ? undefined : { status: 200, body };
}

const fault = (code: number, message: string): WireReply => ({
  status: 400,
  body: errorMessage(undefined, { code, message }),
});
