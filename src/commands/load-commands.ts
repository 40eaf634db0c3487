/**
 * Every command, in the order of the help text, each loaded only when it is wanted: together they bring modules that take
 * longer to load than a search takes. To add a command, add its line to `COMMANDS`.
 */
import type { CommandClass } from "clipanion";
import type { Context } from "./base-command.ts";

interface CommandEntry {
  /** The words of the command line that name it: the first of its class's `paths`. */
  readonly words: string;
  readonly load: () => Promise<CommandClass<Context>>;
  /** It speaks of all commands: they are loaded with it. */
  readonly needsAll?: true;
  /** Its words are the whole command line, or it is not meant: every wrong word would be a wrong word of it. */
  readonly alone?: true;
}

const mcpInstall = () => import("./mcp/install.ts");
const transfer = () => import("./plumbing/transfer.ts");
const keys = () => import("./cloud/keys.ts");
const spaces = () => import("./cloud/spaces.ts");
const hooks = () => import("./hooks.ts");
const config = () => import("./config/config.ts");
const completion = () => import("./shell/completion.ts");
const version = () => import("./version.ts");
const enable = () => import("./cloud/enable.ts");

export const COMMANDS: readonly CommandEntry[] = [
  { words: "", alone: true, load: async () => (await import("./help.ts")).FirstScreenCommand },
  { words: "help", load: async () => (await import("./help.ts")).HelpCommand, needsAll: true },
  { words: "--version", load: async () => (await version()).VersionCommand },
  { words: "-v", alone: true, load: async () => (await version()).ShortVersionCommand },
  { words: "add", load: async () => (await import("./add.ts")).AddCommand },
  { words: "index", load: async () => (await import("./index-repo.ts")).IndexCommand },
  { words: "watch", load: async () => (await import("./watch.ts")).WatchCommand },
  { words: "hooks install", load: async () => (await hooks()).HooksInstallCommand },
  { words: "hooks uninstall", load: async () => (await hooks()).HooksUninstallCommand },
  { words: "hooks status", load: async () => (await hooks()).HooksStatusCommand },
  { words: "list", load: async () => (await import("./list.ts")).ListCommand },
  { words: "repair", load: async () => (await import("./repair.ts")).RepairCommand },
  { words: "gc", load: async () => (await import("./gc.ts")).GcCommand },
  { words: "purge", load: async () => (await import("./purge.ts")).PurgeCommand },
  { words: "remove", load: async () => (await import("./remove.ts")).RemoveCommand },
  { words: "ui", load: async () => (await import("./ui.ts")).UiCommand },
  { words: "search", load: async () => (await import("./search.ts")).SearchCommand },
  { words: "ask", load: async () => (await import("./ask.ts")).AskCommand },
  { words: "show", load: async () => (await import("./show.ts")).ShowCommand },
  { words: "mcp install", load: async () => (await mcpInstall()).McpInstallCommand },
  { words: "mcp uninstall", load: async () => (await mcpInstall()).McpUninstallCommand },
  // after those whose words begin so
  { words: "mcp", load: async () => (await import("./mcp/serve.ts")).McpCommand },
  { words: "push", load: async () => (await import("./push.ts")).PushCommand },
  { words: "pull", load: async () => (await import("./pull.ts")).PullCommand },
  { words: "status", load: async () => (await import("./status.ts")).StatusCommand },
  { words: "cloud login", load: async () => (await import("./cloud/login.ts")).CloudLoginCommand },
  { words: "cloud logout", load: async () => (await import("./cloud/logout.ts")).CloudLogoutCommand },
  { words: "cloud status", load: async () => (await import("./cloud/status.ts")).CloudStatusCommand },
  { words: "cloud keys add", load: async () => (await keys()).CloudKeysAddCommand },
  { words: "cloud keys list", load: async () => (await keys()).CloudKeysListCommand },
  { words: "cloud keys revoke", load: async () => (await keys()).CloudKeysRevokeCommand },
  { words: "cloud spaces list", load: async () => (await spaces()).CloudSpacesListCommand },
  { words: "cloud spaces add", load: async () => (await spaces()).CloudSpacesAddCommand },
  { words: "cloud invite", load: async () => (await import("./cloud/invite.ts")).CloudInviteCommand },
  { words: "cloud quota", load: async () => (await import("./cloud/quota.ts")).CloudQuotaCommand },
  { words: "cloud enable", load: async () => (await enable()).CloudEnableCommand },
  { words: "cloud disable", load: async () => (await enable()).CloudDisableCommand },
  { words: "notify", load: async () => (await import("./notify.ts")).NotifyCommand },
  { words: "notifications", load: async () => (await import("./notifications.ts")).NotificationsCommand },
  { words: "serve", load: async () => (await import("./serve.ts")).ServeCommand },
  { words: "model add", load: async () => (await import("./model/add.ts")).ModelAddCommand },
  { words: "model list", load: async () => (await import("./model/list.ts")).ModelListCommand },
  { words: "model remove", load: async () => (await import("./model/remove.ts")).ModelRemoveCommand },
  { words: "config get", load: async () => (await config()).ConfigGetCommand },
  { words: "config set", load: async () => (await config()).ConfigSetCommand },
  { words: "config unset", load: async () => (await config()).ConfigUnsetCommand },
  { words: "config list", load: async () => (await config()).ConfigListCommand },
  { words: "config edit", load: async () => (await import("./config/edit.ts")).ConfigEditCommand },
  { words: "completion", load: async () => (await completion()).CompletionCommand, needsAll: true },
  { words: "man", load: async () => (await import("./shell/man.ts")).ManCommand, needsAll: true },
  // not in the help: the completion scripts ask it
  { words: "__complete", load: async () => (await import("./shell/complete.ts")).CompleteCommand },
  { words: "doctor", needsAll: true, load: async () => (await import("./doctor/doctor.ts")).DoctorCommand },
  { words: "licenses", load: async () => (await import("./licenses.ts")).LicensesCommand },
  { words: "hash-file", load: async () => (await import("./plumbing/hash-file.ts")).HashFileCommand },
  { words: "ls-remote", load: async () => (await import("./plumbing/ls-remote.ts")).LsRemoteCommand },
  { words: "cat-manifest", load: async () => (await import("./plumbing/cat-manifest.ts")).CatManifestCommand },
  { words: "diff-manifest", load: async () => (await import("./plumbing/diff-manifest.ts")).DiffManifestCommand },
  { words: "upload-fragment", load: async () => (await transfer()).UploadFragmentCommand },
  { words: "download-fragment", load: async () => (await transfer()).DownloadFragmentCommand },
  { words: "write-manifest", load: async () => (await import("./plumbing/write-manifest.ts")).WriteManifestCommand },
  { words: "update-ref", load: async () => (await import("./plumbing/update-ref.ts")).UpdateRefCommand },
  { words: "verify-manifest", load: async () => (await import("./plumbing/verify-manifest.ts")).VerifyManifestCommand },
];

/**
 * The command that the first words of a command line name.
 * @returns undefined: not plain (help, an option first, another name, an unknown word); ask all commands then
 */
export async function loadOnlyCommand(argv: readonly string[]): Promise<CommandClass<Context> | undefined> {
  const whole = argv.join(" ");
  const onlyThis = COMMANDS.find(({ words, alone }) => alone && words === whole);
  if (onlyThis) return onlyThis.load();
  if (argv.includes("-h") || argv.includes("--help")) return undefined;
  const firstWords = new Set([1, 2, 3].map((count) => argv.slice(0, count).join(" ")));
  const named = ({ words, alone }: CommandEntry) => !alone && firstWords.has(words);
  const entry = COMMANDS.find(named);
  return entry?.needsAll ? undefined : entry?.load();
}

/** Does a command's name begin so? Aliases cannot. */
export const isCommandWord = (word: string): boolean =>
  word === "ls" || COMMANDS.some(({ words }) => words.split(" ")[0] === word);

/** All but those that stand alone. */
export async function loadAllCommands(): Promise<readonly CommandClass<Context>[]> {
  return Promise.all(COMMANDS.filter(({ alone }) => !alone).map(({ load }) => load()));
}
