/**
 * Which files are worth an index. Name and size come first, as they cost no reading; then the bytes. The order of checks
 * is the order of what a user must know most: a secret is called a secret, however large it is.
 */
import { isUtf8 } from "node:buffer";
import { decodeFileText, readableText } from "../text/file-text.ts";
import { ownIgnoreFilter } from "./ignore-rules.ts";
import { looksBinary } from "./looks-binary.ts";
import { isGenerated } from "./is-generated.ts";
import { isMinified } from "./is-minified.ts";
import {
  BINARY_EXTENSIONS,
  ENV_FORMS,
  GENERATED_NAMES,
  KEY_STORE_EXTENSIONS,
  LOCK_FILES,
  MINIFIED_NAMES,
  PROSE_EXTENSIONS,
  SECRET_FILES,
  SECRET_PATHS,
  STATE_NAMES,
} from "./select-names.ts";
import type { SecretPolicy } from "../protocol/secret-policy.ts";
import { guardText } from "./secrets/guard-text.ts";
import type { SecretHit, SkipReason } from "./source-tree.ts";

/** Names these rules. A remembered "skipped" holds for the same blob, path, limits and version. Change it with any rule. */
export const RULES_VERSION = "3";

export interface SelectLimits {
  /** Larger files are skipped. */
  readonly maxFileBytes: number;
  /** Patterns as in `.gitignore`: files that are indexed though they look machine-made, locked or large. */
  readonly include?: readonly string[];
  readonly secrets: SecretPolicy;
}

/**
 * 1 MiB. Text above it is nearly always machine-made or data (all 14 scripts of that size among this project's
 * dependencies are bundles or generated declarations), and each such file would take thousands of rows.
 */
export const DEFAULT_LIMITS: SelectLimits = { maxFileBytes: 1 << 20, secrets: "redact" };

/** @param size bytes, null when not known. @returns why the file is left out, or null: read it and ask `selectContent` */
export function skipByName(
  path: string,
  size: number | null,
  limits: SelectLimits = DEFAULT_LIMITS,
): SkipReason | null {
  const lower = path.toLowerCase();
  const name = nameOf(path);
  const extension = extensionOf(name);
  if (limits.secrets !== "allow" && isSecretName(lower, name, extension)) return "secret";
  if (size === 0) return "empty";
  if (isIncluded(path, limits)) return null;
  if (LOCK_FILES.has(name)) return "lock";
  if (name.includes(".") && BINARY_EXTENSIONS.has(extension)) return "binary";
  if (MINIFIED_NAMES.test(name)) return "minified";
  if (GENERATED_NAMES.test(`/${name}`)) return "generated";
  return size !== null && size > limits.maxFileBytes ? "too-large" : null;
}

/** How much of a file is read at most; undefined: whatever git objects may be. */
export const maxBytesOf = (path: string, limits: SelectLimits): number | undefined =>
  isIncluded(path, limits) ? undefined : limits.maxFileBytes;

/** A file's text (see text/file-text.ts) with marks in place of secrets, or why `skipByName` should not have let it through. */
export function selectContent(
  path: string,
  bytes: Uint8Array,
  limits: SelectLimits = DEFAULT_LIMITS,
): { readonly text: string; readonly secrets: readonly SecretHit[] } | { readonly reason: SkipReason } {
  const wanted = isIncluded(path, limits);
  if (bytes.length === 0) return { reason: "empty" };
  if (!wanted && bytes.length > limits.maxFileBytes) return { reason: "too-large" };
  if (looksBinary(bytes, isUtf8(bytes))) return { reason: "binary" };
  const text = decodeFileText(bytes);
  const name = nameOf(path);
  const guarded = guardText({ path, text, policy: limits.secrets });
  if ("reason" in guarded) return guarded;
  if (/^\s*$/.test(readableText(text))) return { reason: "empty" };
  if (wanted) return guarded;
  if (!PROSE_EXTENSIONS.has(extensionOf(name)) && isGenerated(text)) return { reason: "generated" };
  return isMinified(name, text) ? { reason: "minified" } : guarded;
}

/** Did the user ask for it, whatever the rules say? The last of the patterns that fits a file decides, as in `.gitignore`. */
function isIncluded(path: string, { include = [] }: SelectLimits): boolean {
  if (include.length === 0) return false;
  const lines = include.join("\n");
  if (wantedRules.lines !== lines) wantedRules = { lines, isWanted: ownIgnoreFilter(new Map([["", lines]])) };
  return wantedRules.isWanted(path);
}

/** One run asks with one list. */
let wantedRules: { lines: string; isWanted: (path: string) => boolean } = { lines: "", isWanted: () => false };

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).toLowerCase();
}

const extensionOf = (name: string): string => name.slice(name.lastIndexOf(".") + 1);

function isSecretName(path: string, name: string, extension: string): boolean {
  if (SECRET_FILES.has(name) || (name.includes(".") && KEY_STORE_EXTENSIONS.has(extension))) return true;
  if (SECRET_PATHS.some((end) => path === end || path.endsWith(`/${end}`))) return true;
  if (STATE_NAMES.test(name)) return true;
  const isEnv = name.startsWith(".env.") || name.endsWith(".env");
  return isEnv && !ENV_FORMS.test(name);
}
