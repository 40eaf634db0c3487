/** What an HTTP request says of its message in headers, for those on the way: it must be what the message says. Since 2026-07-28. */
import { HEADER_MISMATCH, type JsonObject, type McpFault } from "./json-rpc.ts";

export interface HeaderReader {
  get(name: string): string | null;
}

/** @returns undefined: they agree */
export function headerFault(
  headers: HeaderReader,
  of: { readonly method: string; readonly params: JsonObject; readonly version: unknown },
): McpFault | undefined {
  const wanted: Readonly<Record<string, unknown>> = {
    "MCP-Protocol-Version": of.version,
    "Mcp-Method": of.method,
    ...(of.method === "tools/call" && { "Mcp-Name": of.params["name"] }),
  };
  for (const [name, value] of Object.entries(wanted)) {
    const said = headers.get(name);
    if (said === null) return { code: HEADER_MISMATCH, message: `header mismatch: ${name} is missing` };
    if ((name === "Mcp-Name" ? decoded(said) : said) !== value)
      return { code: HEADER_MISMATCH, message: `header mismatch: ${name} is not what the message says` };
  }
  return undefined;
}

/** Values that no header can hold come as `=?base64?...?=`. @returns undefined: no such text */
function decoded(value: string): string | undefined {
  const base64 = /^=\?base64\?(.*)\?=$/.exec(value)?.[1];
  if (base64 === undefined) return value;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.fromBase64(base64));
  } catch {
    return undefined; // no base64, or no UTF-8
  }
}
