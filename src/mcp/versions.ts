/**
 * Versions of the Model Context Protocol that are spoken. Since 2026-07-28 there is no handshake: each request says its version in
 * `_meta`. Before, `initialize` agreed on one; nothing that follows depends on it here, so that nothing is remembered.
 */
import { isObject, type JsonObject } from "./json-rpc.ts";

export const MODERN_VERSION = "2026-07-28";
/** The newest first: what is answered to a client that asks for another. */
export const LEGACY_VERSIONS = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] as const;
/** The one version that has batches: arrays of messages. */
export const BATCH_VERSION = "2025-03-26";

export const SUPPORTED_VERSIONS: readonly string[] = [MODERN_VERSION, ...LEGACY_VERSIONS];

export const isLegacyVersion = (version: unknown): boolean => LEGACY_VERSIONS.some((known) => known === version);

const META = "io.modelcontextprotocol/";
export const PROTOCOL_VERSION = `${META}protocolVersion`;
export const SERVER_INFO = `${META}serverInfo`;
export const CLIENT_CAPABILITIES = `${META}clientCapabilities`;

/** What a request says of itself; undefined: nothing, as before 2026-07-28. */
export function metaVersion(params: JsonObject): unknown {
  const { _meta: meta } = params;
  return isObject(meta) ? meta[PROTOCOL_VERSION] : undefined;
}

export const metaOf = ({ _meta: meta }: JsonObject): JsonObject => (isObject(meta) ? meta : {});
