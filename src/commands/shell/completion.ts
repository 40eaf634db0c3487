/** `repobase completion`: prints a shell's completion script, or puts it where that shell looks for it. */
import { Command, Option } from "clipanion";
import { homedir } from "node:os";
import { join } from "node:path";
import { RepobaseError } from "../../protocol/errors.ts";
import { BaseCommand, EXIT_STATUS } from "../base-command.ts";
import { type ShellName, SHELLS } from "./shells.ts";

export class CompletionCommand extends BaseCommand {
  static override paths = [["completion"]];
  static override usage = Command.Usage({
    category: "Help",
    description: "Print a script that completes commands, flags, repositories and refs.",
    details: `
      For bash, zsh, fish or powershell. --install writes it to where the shell looks for it: for bash (with the package bash-completion) and fish that is all; for
      zsh it says what to put into .zshrc. A file there that is not ours is left alone.

      ${EXIT_STATUS}
    `,
    examples: [
      ["In this bash, from now on", 'eval "$(repobase completion bash)"'],
      ["In every fish", "repobase completion fish --install"],
      ["PowerShell: in the profile", "repobase completion powershell | Out-String | Invoke-Expression"],
    ],
  });

  shell = Option.String({ name: "shell" });
  install = Option.Boolean("--install", false, { description: "Write it to where bash, zsh or fish looks for it." });

  protected async run(): Promise<void> {
    const shell = SHELLS.find((each) => each === this.shell);
    if (shell === undefined)
      throw new RepobaseError("usage", `completions are made for ${SHELLS.join(", ")}, not "${this.shell}"`);
    const { completionScript } = await import("./completion-script.ts");
    const { describeCommands } = await import("./describe-commands.ts");
    const script = completionScript(shell, describeCommands(this.cli.definitions()));
    if (!this.install) return this.report.result({ shell, script }, script);
    const { installScript } = await import("./install-script.ts");
    const { file, nextStep } = this.place(shell);
    this.report.info(`completions for ${shell}: ${file}`);
    const state = await installScript(file, script);
    this.report.result({ shell, file, state }, `${state}\t${file}`);
    if (nextStep !== undefined) this.report.info(nextStep);
  }

  private place(shell: ShellName): { readonly file: string; readonly nextStep?: string } {
    const { env } = this.context;
    const home = env.HOME || homedir();
    const data = env.XDG_DATA_HOME || join(home, ".local/share");
    if (shell === "bash") return { file: join(data, "bash-completion/completions/repobase") };
    if (shell === "fish")
      return { file: join(env.XDG_CONFIG_HOME || join(home, ".config"), "fish/completions/repobase.fish") };
    if (shell === "zsh") {
      const folder = join(data, "zsh/site-functions");
      return {
        file: join(folder, "_repobase"),
        nextStep: `zsh finds it with this line in .zshrc, before compinit: fpath=(${JSON.stringify(folder)} $fpath)`,
      };
    }
    throw new RepobaseError("usage", "PowerShell has no folder for completions", {
      hint: "put this into $PROFILE: repobase completion powershell | Out-String | Invoke-Expression",
    });
  }
}
