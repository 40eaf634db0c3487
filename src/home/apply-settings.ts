/**
 * Which value of a setting holds, and why: the environment's, the repository's, the one for all, or the default. The commands read the
 * winner as the variable it stands for, so that a flag wins over all of them and no command knows of settings.
 */
import { sep } from "node:path";
import { commandAt } from "./command-at.ts";
import { type Config, folderOf, type RepoConfig } from "./config.ts";
import type { Environment } from "./env.ts";
import { ALIAS, type Setting, SETTINGS } from "./settings.ts";
import type { SettingsDocument } from "./settings-file.ts";

export interface EffectiveSetting {
  readonly value: string;
  readonly origin: "environment" | "repository" | "global" | "default";
}

export interface SettingSources {
  readonly env: Environment;
  readonly settings: SettingsDocument | undefined;
  readonly repo: RepoConfig | undefined;
}

export function effectiveSetting(setting: Setting, { env, settings, repo }: SettingSources): EffectiveSetting {
  const { key, variable, remembered } = setting;
  const fromEnvironment = env[variable];
  if (fromEnvironment) return { value: fromEnvironment, origin: "environment" };
  const ofRepo = remembered ? repo?.[remembered]?.toString() : repo && settings?.repositories[repo.id]?.[key];
  if (ofRepo !== undefined) return { value: ofRepo, origin: "repository" };
  // one that repositories remember is only where they begin
  const global = remembered && repo ? undefined : settings?.global[key];
  if (global !== undefined) return { value: global, origin: "global" };
  return { value: setting.default.replaceAll("`", ""), origin: "default" };
}

/** The environment with what is set put where it is silent. */
export function withSettings<E extends Environment>(
  sources: SettingSources & { readonly env: E; readonly command: string },
): E {
  const { env, settings, command } = sources;
  if (settings === undefined) return env;
  const found: Record<string, string> = {};
  for (const setting of SETTINGS) {
    // what a repository remembers is read where it is indexed
    if (setting.remembered && command !== "add") continue;
    const { value, origin } = effectiveSetting(setting, setting.remembered ? { ...sources, repo: undefined } : sources);
    if (origin === "repository" || origin === "global") found[setting.variable] = value;
  }
  return { ...env, ...found };
}

/**
 * The repository that a command line is about: the one of `--repo` or, where its words are no question, of one of them; else the one whose
 * folder holds `cwd`.
 */
export function repoMeant(argv: readonly string[], config: Config, cwd: string): RepoConfig | undefined {
  const named = new Set<string>();
  const first = commandAt(argv);
  const namesRepos = argv[first] !== "search" && argv[first] !== "ask";
  for (const [at, word] of argv.entries()) {
    if (word.startsWith("--repo=")) named.add(word.slice("--repo=".length));
    else if (argv[at - 1] === "--repo" || (at > first && namesRepos)) named.add(word);
  }
  const called = config.repos.filter(({ id, name }) => named.has(id) || named.has(name));
  if (called.length > 0) return called.length === 1 ? called[0] : undefined;
  return config.repos
    .filter((repo) => {
      const folder = folderOf(repo);
      return folder !== undefined && (cwd === folder || cwd.startsWith(`${folder}${sep}`));
    })
    .toSorted((a, b) => (folderOf(b)?.length ?? 0) - (folderOf(a)?.length ?? 0))[0];
}

/** The command line with its alias written out, once. @param isCommand a name that no alias takes */
export function expandAlias(
  argv: readonly string[],
  settings: SettingsDocument | undefined,
  isCommand: (word: string) => boolean,
): readonly string[] {
  const [first = "", ...rest] = argv;
  const alias =
    settings && ALIAS.test(`alias.${first}`) && !isCommand(first) ? settings.global[`alias.${first}`] : undefined;
  return alias === undefined ? argv : [...splitLine(alias), ...rest];
}

/** As a shell splits them, with '...' and "..."; nothing is expanded. */
export const splitLine = (line: string): string[] =>
  [...line.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2"));
