/** `repobase completion`: prints a shell's completion script, or puts it where that shell looks for it. */
import { Command, Option } from "clipanion";
import { RepobaseError } from "../../protocol/errors.ts";
import { BaseCommand, EXIT_STATUS } from "../base-command.ts";
import { completionPlace } from "./completion-place.ts";
import { SHELLS } from "./shells.ts";

export class CompletionCommand extends BaseCommand {
  static override paths = [["completion"]];
  static override usage = Command.Usage({
    category: "Help",
    description: "Print a script that completes commands, flags, repositories and refs.",
    details: `
      For bash, zsh, fish or powershell. --install writes it to where the shell looks for it: for bash (with the package bash-completion) and fish that is all; for
      zsh it says what to put into .zshrc. A file there that is not ours is left alone.

      --keys adds a key: Ctrl-G searches as you type and puts path:line at the cursor of the command line.

      ${EXIT_STATUS}
    `,
    examples: [
      ["In this bash, from now on", 'eval "$(repobase completion bash)"'],
      ["And Ctrl-G", 'eval "$(repobase completion bash --keys)"'],
      ["In every fish", "repobase completion fish --install"],
      ["PowerShell: in the profile", "repobase completion powershell | Out-String | Invoke-Expression"],
    ],
  });

  shell = Option.String({ name: "shell" });
  install = Option.Boolean("--install", false, { description: "Write it to where bash, zsh or fish looks for it." });

  keys = Option.Boolean("--keys", false, { description: "With Ctrl-G for search as you type." });

  protected async run(): Promise<void> {
    const shell = SHELLS.find((each) => each === this.shell);
    if (shell === undefined)
      throw new RepobaseError("usage", `completions are made for ${SHELLS.join(", ")}, not "${this.shell}"`);
    if (this.keys && this.install)
      throw new RepobaseError(
        "usage",
        "--keys does not go with --install: a completion file is read when Tab is pressed",
        {
          hint: `put this where ${shell} starts: ${START[shell]}`,
        },
      );
    const { completionScript, keyScript } = await import("./completion-script.ts");
    const { describeCommands } = await import("./describe-commands.ts");
    const completions = completionScript(shell, describeCommands(this.cli.definitions()));
    const script = this.keys ? completions + keyScript(shell) : completions;
    if (!this.install) return this.report.result({ shell, script }, script);
    const { installScript } = await import("./install-script.ts");
    const { file, nextStep } = completionPlace(shell, this.context.env);
    this.report.info(`completions for ${shell}: ${file}`);
    const state = await installScript(file, script);
    this.report.result({ shell, file, state }, `${state}\t${file}`);
    if (nextStep !== undefined) this.report.info(nextStep);
  }
}

/** What a shell's start file says to have both. */
const START = {
  bash: 'eval "$(repobase completion bash --keys)"',
  zsh: 'eval "$(repobase completion zsh --keys)"',
  fish: "repobase completion fish --keys | source",
  powershell: "repobase completion powershell --keys | Out-String | Invoke-Expression",
} as const;
