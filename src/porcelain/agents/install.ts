/** `repobase mcp install` and `uninstall`: what would be written into a client's configuration, and the writing of it. */
import { realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { errnoOf } from "../../files/file-errors.ts";
import { readRegularFile } from "../../files/read-regular-file.ts";
import { writeFileAtomic } from "../../files/write-file-atomic.ts";
import type { Environment } from "../../home/env.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { diffLines } from "../../search/browse/line-diff.ts";
import { type AgentClient, type ConfigScope, configFile, type Places } from "./clients.ts";
import { editConfig, type ServerEntry } from "./edit-config.ts";

/** How the program is started: its own path, or in a project the name that everybody's has. */
export interface Started {
  readonly command: string;
  /** Before the words of the command line. */
  readonly args: readonly string[];
}

/** What a client starts. @param flags of `repobase mcp` */
export function serverEntry(of: {
  readonly client: Pick<AgentClient, "typed">;
  readonly scope: ConfigScope;
  readonly started: Started;
  readonly flags: readonly string[];
  readonly env: Environment;
}): ServerEntry {
  const { client, scope, flags, env } = of;
  // a project's configuration is shared: nothing in it may be of this machine
  const { command, args } = scope === "project" ? { command: "repobase", args: [] } : of.started;
  return {
    ...(client.typed && { type: "stdio" as const }),
    command,
    args: [...args, "mcp", ...flags],
    ...(scope === "user" && env.REPOBASE_HOME && { env: { REPOBASE_HOME: env.REPOBASE_HOME } }),
  };
}

export interface ConfigChange {
  readonly client: string;
  readonly file: string;
  readonly before: string;
  readonly after: string;
  /** Permissions of the file; undefined: there is none yet. */
  readonly mode: number | undefined;
}

export const placesOf = (env: Environment, cwd: string): Places => ({
  home: env.HOME || homedir(),
  project: cwd,
  platform: process.platform,
});

/** Nothing is written. @param entry undefined: ours is taken out @throws RepobaseError `usage` */
export function planChange(of: {
  readonly client: AgentClient;
  readonly scope: ConfigScope;
  readonly places: Places;
  readonly entry: ServerEntry | undefined;
}): ConfigChange {
  const { client, scope, places, entry } = of;
  const file = linkedFile(configFile(client, scope, places));
  const found = readIfThere(file);
  try {
    return {
      client: client.id,
      file,
      before: found?.text ?? "",
      after: editConfig(client, found?.text ?? "", entry),
      mode: found?.mode,
    };
  } catch (error) {
    if (!(error instanceof RepobaseError)) throw error;
    throw new RepobaseError(error.code, `"${file}": ${error.message}`, { hint: error.hint, cause: error });
  }
}

/** @throws RepobaseError `busy` when the file is no longer what was shown */
export async function applyChange({ file, before, after, mode }: ConfigChange): Promise<void> {
  if ((readIfThere(file)?.text ?? "") !== before)
    throw new RepobaseError("busy", `"${file}" was changed meanwhile`, { hint: "run it again" });
  await writeFileAtomic(file, after, mode);
}

/** The lines that change, some around them. */
export function describeChange({ file, before, after }: ConfigChange): string {
  const [old, made] = [before, after].map((text) => (text === "" ? [] : text.replace(/\n$/, "").split("\n")));
  const lines: { readonly mark: string; readonly text: string }[] = [];
  let [a, b] = [0, 0];
  for (const { kind, count } of diffLines(old ?? [], made ?? []).runs) {
    const from = kind === "added" ? (made ?? []).slice(b, b + count) : (old ?? []).slice(a, a + count);
    const mark = kind === "added" ? "+" : kind === "removed" ? "-" : " ";
    lines.push(...from.map((text) => ({ mark, text })));
    if (kind !== "added") a += count;
    if (kind !== "removed") b += count;
  }
  const isNear = (at: number) =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(({ mark }) => mark !== " ");
  const shown = lines.flatMap(({ mark, text }, at) => (isNear(at) ? [`${mark} ${text}`] : []));
  return [file, ...shown].join("\n");
}

const AROUND = 2;

/** A link stays one: people keep their configuration elsewhere. */
function linkedFile(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return path;
    throw error;
  }
}

function readIfThere(file: string): { readonly text: string; readonly mode: number } | undefined {
  try {
    return { text: readRegularFile(file).toString("utf8"), mode: statSync(file).mode & 0o777 };
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
