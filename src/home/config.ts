/** What `config.json` and `cloud.json` hold, and how a damaged or newer file is refused instead of guessed. */
import { join } from "node:path";
import { array, exactOptional, literal, nullable, picklist, variant } from "valibot";
import { count, decodeDocument, type DocumentType, fields, text, textThat, yesNo } from "../protocol/decode.ts";
import { SECRET_POLICIES, type SecretPolicy } from "../protocol/secret-policy.ts";
import { isRepoId } from "../protocol/keys.ts";
import { isScope } from "../protocol/path-scope.ts";

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
  /** The one folder of the repository that is indexed, relative to its root; absent: all of it. */
  readonly only?: string;
  /** The branch to follow; null: the remote's default, or whatever the folder has checked out. */
  readonly branch: string | null;
  /** What happens to files that hold secrets; absent: `redact`. */
  readonly secrets?: SecretPolicy;
  /** Name of the embedding model: the built-in one's id, or a folder below `models/`. */
  readonly model: string;
  readonly lastIndexedCommit: string | null;
  /** The same of its linked git work trees that were indexed, by their folders; absent: none. */
  readonly linked?: readonly { readonly folder: string; readonly commit: string | null }[];
  /** Never kept: this is the repository as a linked work tree has it checked out, and a name for that folder. */
  readonly checkout?: string;
  /** Larger files are left out; absent: the usual limit. */
  readonly maxFileBytes?: number;
  /** Files that are indexed though they look machine-made or are large: patterns as in `.gitignore`. */
  readonly include?: readonly string[];
  /** Per-repository opt-in: false means its index never leaves the machine. */
  readonly cloudEnabled: boolean;
  /** ISO 8601. */
  readonly lastPushedAt: string | null;
  readonly lastPushedCommit: string | null;
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

/** Where what is indexed lies on this machine; undefined: its files are not here. */
export function folderOf({ source, only }: Pick<RepoConfig, "source" | "only">): string | undefined {
  if (source.kind !== "folder") return undefined;
  return only === undefined ? source.path : join(source.path, only);
}

export function emptyConfig(): Config {
  return { format: CONFIG_FORMAT, device: crypto.randomUUID(), repos: [] };
}

const optionalText = nullable(text);

const repoSource = variant(
  "kind",
  [
    fields({ kind: literal("git"), url: text }),
    fields({ kind: literal("folder"), path: text, url: optionalText }),
    fields({ kind: literal("none"), url: optionalText }),
  ],
  "must be git, folder or none",
);

const DAMAGED = {
  damaged: "damaged_config",
} as const;

const CONFIG: DocumentType<Config> = {
  ...DAMAGED,
  hint: "restore it from a copy, or make it again from the indexes here with: repobase repair",
  name: "configuration",
  format: CONFIG_FORMAT,
  schema: fields({
    format: count,
    device: text,
    repos: array(
      fields({
        id: textThat(isRepoId, "a repository id"),
        name: text,
        source: repoSource,
        only: exactOptional(textThat(isScope, "a folder below the root")),
        branch: optionalText,
        secrets: exactOptional(picklist(SECRET_POLICIES, `must be one of ${SECRET_POLICIES.join(", ")}`)),
        model: text,
        lastIndexedCommit: optionalText,
        linked: exactOptional(array(fields({ folder: text, commit: optionalText }), "must be a list")),
        maxFileBytes: exactOptional(count),
        include: exactOptional(array(text, "must be a list")),
        cloudEnabled: yesNo,
        lastPushedAt: optionalText,
        lastPushedCommit: optionalText,
      }),
      "must be a list",
    ),
  }),
};

/** `enabled` may be absent, which means yes. */
const CLOUD_CONFIG: DocumentType<Omit<CloudConfig, "enabled"> & { readonly enabled?: boolean }> = {
  ...DAMAGED,
  hint: "sign in again with: repobase cloud login",
  name: "sign-in",
  schema: fields({ userId: text, apiKey: text, endpoint: text, enabled: exactOptional(yesNo) }),
};

/** @throws RepobaseError `unsupported_format` for a newer format, `damaged_config` with the field that is wrong */
export const parseConfig = (json: string, path: string): Config => decodeDocument(CONFIG, json, path);

/** @throws RepobaseError `damaged_config` with the field that is wrong */
export function parseCloudConfig(json: string, path: string): CloudConfig {
  const { userId, apiKey, endpoint, enabled = true } = decodeDocument(CLOUD_CONFIG, json, path);
  return { userId, apiKey, endpoint, enabled };
}
