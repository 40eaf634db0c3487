/** Where a shell looks for its completions. */
import { homedir } from "node:os";
import { join } from "node:path";
import { RepobaseError } from "../../protocol/errors.ts";
import type { Context } from "../base-command.ts";
import type { ShellName } from "./shells.ts";

/** @throws RepobaseError `usage` for a shell that has no such place */
export function completionPlace(
  shell: ShellName,
  env: Context["env"],
): { readonly file: string; readonly nextStep?: string } {
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
