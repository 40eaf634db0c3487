/** What is set in the home folder, on the way from argv to a command: an alias is written out, and values take the place of variables. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { commandAt } from "../home/command-at.ts";
import { homeFolder, USER_SETTINGS } from "../home/home-folder.ts";
import { CONFIG_KEY } from "../protocol/keys.ts";
import type { Context } from "./base-command.ts";
import { isCommandWord } from "./load-commands.ts";

type Environment = Context["env"];

/** They work though the settings are damaged: one of them mends them. */
const WITHOUT: ReadonlySet<string> = new Set([
  "config",
  "help",
  "completion",
  "man",
  "licenses",
  "__complete",
  "hash-file",
]);

/**
 * Where nothing is set, this is one look at a file that is not there, and loads nothing.
 * @throws RepobaseError `damaged_config`, `unsupported_format`, `home_unwritable`
 */
export async function useSettings(
  argv: readonly string[],
  { env, cwd }: { readonly env: Environment; readonly cwd: string },
): Promise<{ readonly argv: string[]; readonly env: Environment }> {
  const command = argv[commandAt(argv)];
  // no words at all are the first screen; options alone (--version) ask for nothing that is set
  if (argv.length > 0 && (command === undefined || WITHOUT.has(command))) return { argv: [...argv], env };
  const home = homeFolder(env);
  const path = join(home, USER_SETTINGS);
  if (!mayBeThere(path)) return { argv: [...argv], env };
  const { readUserSettings } = await import("../home/settings-file.ts");
  const { readConfig } = await import("../home/read-config.ts");
  const configured = () => readConfig(join(home, CONFIG_KEY));
  // whoever looks for faults says itself that they are damaged, and the first screen helps all the same
  const isSafe = command === "doctor" || command === undefined;
  const settings = isSafe ? ifReadable(() => configured() && readUserSettings(path)) : readUserSettings(path);
  if (settings === undefined) return { argv: [...argv], env };
  const { expandAlias, repoMeant, withSettings } = await import("../home/apply-settings.ts");
  const words = [...expandAlias(argv, settings, isCommandWord)];
  const repo = Object.keys(settings.repositories).length === 0 ? undefined : repoMeant(words, configured(), cwd);
  return { argv: words, env: withSettings({ env, settings, repo, command: words[commandAt(words)] ?? "" }) };
}

function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The command that a line names, by itself or by an alias; undefined: none, or the settings cannot be read. */
export async function commandMeant(argv: readonly string[], env: Environment): Promise<string | undefined> {
  const at = commandAt(argv);
  if (at < 0 || isCommandWord(argv[at] ?? "")) return argv[at];
  const path = join(homeFolder(env), USER_SETTINGS);
  if (!mayBeThere(path)) return argv[at];
  const { readUserSettings } = await import("../home/settings-file.ts");
  const { expandAlias } = await import("../home/apply-settings.ts");
  try {
    const words = expandAlias(argv, readUserSettings(path), isCommandWord);
    return words[commandAt(words)];
  } catch {
    return undefined; // whoever runs the command says what is wrong
  }
}

/** What cannot be looked at is read, which says why. */
function mayBeThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}
