/** Which pages of other origins may call the API: those that the operator names. */
import { cors } from "hono/cors";
import { REPAIR_HEADER, SHA256_HEADER } from "../protocol/cloud-api.ts";

/** What a client of MCP sends beside each message. */
const MCP_HEADERS = ["MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"];

/** @param origins `*`: any; none: only the server's own page */
export function allowOrigins(origins: readonly string[]) {
  return cors({
    origin: origins.includes("*") ? "*" : [...origins],
    allowMethods: ["GET", "HEAD", "POST", "PUT", "DELETE"],
    allowHeaders: [
      "Authorization",
      "X-User-ID",
      "Content-Type",
      "If-Match",
      "If-None-Match",
      "Range",
      SHA256_HEADER,
      REPAIR_HEADER,
      ...MCP_HEADERS,
    ],
    exposeHeaders: ["ETag", "Content-Range", "Retry-After", SHA256_HEADER],
    maxAge: 86_400,
  });
}
