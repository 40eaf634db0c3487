/** The one message that we send ourselves: a call of a tool of another server of ours, as the newest version of the protocol has it. */
import type { JsonObject } from "./json-rpc.ts";
import { CLIENT_CAPABILITIES, MODERN_VERSION, PROTOCOL_VERSION } from "./versions.ts";

export function toolCall(
  name: string,
  args: unknown,
): { readonly headers: Record<string, string>; readonly body: JsonObject } {
  const method = "tools/call";
  return {
    headers: { "mcp-protocol-version": MODERN_VERSION, "mcp-method": method, "mcp-name": name },
    body: {
      jsonrpc: "2.0",
      id: 1,
      method,
      params: { name, arguments: args, _meta: { [PROTOCOL_VERSION]: MODERN_VERSION, [CLIENT_CAPABILITIES]: {} } },
    },
  };
}
