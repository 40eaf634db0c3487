/** MCP over HTTP: one POST, one answer in JSON. There are no streams and no sessions, so there is nothing to GET or DELETE. */
import { answerAny, notJson, parseWire } from "./answer-any.ts";
import type { McpContext } from "./answer.ts";
import { BATCH_VERSION } from "./versions.ts";

/** @param body as it came */
export async function answerHttp(
  { body, headers }: { readonly body: Uint8Array; readonly headers: Headers },
  context: Omit<McpContext, "headers">,
): Promise<Response> {
  const parsed = parseWire(new TextDecoder().decode(body));
  // a client of the version that has batches sends no header
  const version = headers.get("mcp-protocol-version") ?? BATCH_VERSION;
  const reply =
    parsed === undefined
      ? notJson()
      : await answerAny(parsed.value, { ...context, headers }, { batches: version === BATCH_VERSION });
  if (reply === undefined) return new Response(null, { status: 202 });
  return Response.json(reply.body, { status: reply.status });
}
