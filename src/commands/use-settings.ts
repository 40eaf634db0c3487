/** What is set in the home folder, on the way from argv to a command: an alias is written out, and values take the place of variables. */
import { join } from "node:path";
import { commandAt, expandAlias, repoMeant, withSettings } from "../home/apply-settings.ts";
import { homeFolder, readConfig } from "../home/home.ts";
import { readUserSettings, USER_SETTINGS } from "../home/settings-file.ts";
import { CONFIG_KEY } from "../protocol/keys.ts";
import type { Context } from "./base-command.ts";
import { isCommandWord } from "./load-commands.ts";

type Environment = Context["env"];

/** They work though the settings are damaged: one of them mends them. */
const WITHOUT: ReadonlySet<string> = new Set(["config", "help", "completion", "man", "licenses", "__complete"]);

/**
 * Where nothing is set, this is one look at a file that is not there.
 * @throws RepobaseError `damaged_config`, `unsupported_format`, `home_unwritable`
 */
export function useSettings(
  argv: readonly string[],
  { env, cwd }: { readonly env: Environment; readonly cwd: string },
): { readonly argv: string[]; readonly env: Environment } {
  const command = argv[commandAt(argv)];
  // no words at all are the first screen; options alone (--version) ask for nothing that is set
  if (argv.length > 0 && (command === undefined || WITHOUT.has(command))) return { argv: [...argv], env };
  const home = homeFolder(env);
  const settings = command === "doctor" ? readableSettings(home) : readUserSettings(join(home, USER_SETTINGS));
  if (settings === undefined) return { argv: [...argv], env };
  const words = [...expandAlias(argv, settings, isCommandWord)];
  const repo = repoMeant(words, readConfig(join(home, CONFIG_KEY)), cwd);
  return { argv: words, env: withSettings({ env, settings, repo, command: words[commandAt(words)] ?? "" }) };
}

/** Whoever looks for faults says itself that they are damaged. */
function readableSettings(home: string): ReturnType<typeof readUserSettings> {
  try {
    readConfig(join(home, CONFIG_KEY));
    return readUserSettings(join(home, USER_SETTINGS));
  } catch {
    return undefined;
  }
}

/** The command that a line names, by itself or by an alias; undefined: none, or the settings cannot be read. */
export function commandMeant(argv: readonly string[], env: Environment): string | undefined {
  const at = commandAt(argv);
  if (at < 0 || isCommandWord(argv[at] ?? "")) return argv[at];
  try {
    const words = expandAlias(argv, readUserSettings(join(homeFolder(env), USER_SETTINGS)), isCommandWord);
    return words[commandAt(words)];
  } catch {
    return undefined; // whoever runs the command says what is wrong
  }
}
