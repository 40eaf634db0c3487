/**
 * The command that a command line means, without loading the others: they bring modules that take longer to load than a
 * search takes. Only what is plain from the first word is known here; all else is for clipanion with every command at hand.
 */
import { Builtins, type CommandClass } from "clipanion";
import type { Context } from "./base-command.ts";

type Load = () => Promise<CommandClass<Context>>;

/** Commands that their first word names. */
const BY_WORD = new Map<string, Load>([
  ["add", async () => (await import("./add.ts")).AddCommand],
  ["index", async () => (await import("./index-repo.ts")).IndexCommand],
  ["list", async () => (await import("./list.ts")).ListCommand],
  ["search", async () => (await import("./search.ts")).SearchCommand],
  ["show", async () => (await import("./show.ts")).ShowCommand],
  ["push", async () => (await import("./push.ts")).PushCommand],
  ["pull", async () => (await import("./pull.ts")).PullCommand],
  ["--version", async () => Builtins.VersionCommand],
  ["status", async () => (await import("./status.ts")).StatusCommand],
]);

/** undefined: not plain (help, several words, an unknown word). */
export async function loadOnlyCommand(argv: readonly string[]): Promise<CommandClass<Context> | undefined> {
  if (argv.includes("-h") || argv.includes("--help")) return undefined;
  return BY_WORD.get(argv[0] ?? "")?.();
}

export async function loadAllCommands(): Promise<readonly CommandClass<Context>[]> {
  return (await import("./index.ts")).commands;
}
