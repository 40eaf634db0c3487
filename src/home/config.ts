/** What `config.json` and `cloud.json` hold, and how a damaged or newer file is refused instead of guessed. */
import { RepobaseError } from "../protocol/errors.ts";
import type { Ref } from "../protocol/ref.ts";

const CONFIG_FORMAT = 1;

/** Where a repository's files come from. `none`: pulled from the cloud, never had a source here. */
export type RepoSource =
  | { readonly kind: "git"; readonly url: string }
  | { readonly kind: "folder"; readonly path: string; readonly url: string | null }
  | { readonly kind: "none"; readonly url: string | null };

export interface RepoConfig {
  readonly id: string;
  readonly name: string;
  readonly source: RepoSource;
  /** The branch to follow; null: the remote's default, or whatever the folder has checked out. */
  readonly branch: string | null;
  /** Name of the embedding model: the built-in one's id, or a folder below `models/`. */
  readonly model: string;
  readonly lastIndexedCommit: string | null;
  /** Per-repository opt-in: false means its index never leaves the machine. */
  readonly cloudEnabled: boolean;
  /** ISO 8601. */
  readonly lastPushedAt: string | null;
  readonly lastPushedCommit: string | null;
  /** The cloud's ref as the last push or pull left it, and which cloud that was; what tells "moved by another device" from "mine". */
  readonly lastSynced: { readonly cloud: string; readonly ref: Ref } | null;
}

export interface Config {
  readonly format: number;
  /** Random id of this machine, made once. */
  readonly device: string;
  readonly repos: readonly RepoConfig[];
}

export interface CloudConfig {
  readonly userId: string;
  readonly apiKey: string;
  /** Base URL, without a trailing slash. */
  readonly endpoint: string;
  /** The global switch. */
  readonly enabled: boolean;
}

export function emptyConfig(): Config {
  return { format: CONFIG_FORMAT, device: crypto.randomUUID(), repos: [] };
}

/** @throws RepobaseError `unsupported_format` for a newer format, `failure` for a damaged file */
export function parseConfig(text: string, path: string): Config {
  const value = parseObject(text, path) as Partial<Config>;
  if (typeof value.format === "number" && value.format > CONFIG_FORMAT)
    throw new RepobaseError("unsupported_format", `"${path}" has format ${value.format}, newer than ${CONFIG_FORMAT}`, {
      hint: "update repobase",
    });
  if (typeof value.format !== "number" || typeof value.device !== "string" || !Array.isArray(value.repos))
    throw damaged(path);
  return value as Config;
}

export function parseCloudConfig(text: string, path: string): CloudConfig {
  const value = parseObject(text, path) as Partial<CloudConfig>;
  if (typeof value.userId !== "string" || typeof value.apiKey !== "string" || typeof value.endpoint !== "string")
    throw damaged(path);
  return { userId: value.userId, apiKey: value.apiKey, endpoint: value.endpoint, enabled: value.enabled !== false };
}

function parseObject(text: string, path: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // falls through: the message below says all there is to say about text that is not JSON
  }
  throw damaged(path);
}

const damaged = (path: string) =>
  new RepobaseError("failure", `"${path}" is damaged`, {
    hint: "restore it from a copy, or move it away to start anew",
  });
