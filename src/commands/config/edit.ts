/** `repobase config edit`: the settings in an editor; they are kept when they can be read again. */
import { Command } from "clipanion";
import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { writeFileAtomic } from "../../files/write-file-atomic.ts";
import { withSettings } from "../../home/apply-settings.ts";
import { editorOf } from "../../home/editor.ts";
import type { Environment } from "../../home/env.ts";
import { USER_SETTINGS } from "../../home/home-folder.ts";
import {
  parseSettings,
  readUserSettings,
  replaceSettings,
  SETTINGS_MODE,
  settingsText,
} from "../../home/settings-file.ts";
import { ALIAS } from "../../home/settings.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import { BaseCommand, EXIT_STATUS } from "../base-command.ts";
import { checkAlias } from "./check-alias.ts";

export class ConfigEditCommand extends BaseCommand {
  static override paths = [["config", "edit"]];
  static override usage = Command.Usage({
    category: "Help",
    description: "Edit the settings in your editor.",
    details: `
      The editor of the setting editor, of VISUAL or of EDITOR gets a copy. What it saves is checked and takes the place of the settings at once; what is wrong is
      said, nothing is changed, and the copy is kept.

      ${EXIT_STATUS}
    `,
    examples: [["In another editor", "EDITOR=nano repobase config edit"]],
  });

  protected async run(): Promise<void> {
    const { env } = this.context;
    const file = this.home.path(USER_SETTINGS);
    const copy = this.home.path(`settings-${process.pid}.edit.json`);
    const before = textNow(file);
    await writeFileAtomic(copy, before, SETTINGS_MODE);
    // the editor may come with flags of its own: `code --wait`
    const editor = Bun.spawn(["sh", "-c", `${editorOf(this.withEditor(env))} "$1"`, "edit", copy], {
      stdio: ["inherit", "inherit", "inherit"],
      env: { ...env },
    });
    const code = await editor.exited;
    const after = await Bun.file(copy).text();
    try {
      if (code !== 0) throw new RepobaseError("failure", `the editor ended with ${code}: nothing was changed`);
      await this.keep({ before, after, file });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new RepobaseError("usage", message.replace(file, copy), {
        hint: `what you wrote is in ${copy}`,
        cause: error,
      });
    }
    await rm(copy, { force: true });
    this.report.result({ file, state: before === after ? "unchanged" : "written" }, "");
  }

  /** Damaged settings name no editor: they are what is to be mended. */
  private withEditor(env: Environment): Environment {
    try {
      const settings = readUserSettings(this.home.path(USER_SETTINGS));
      return withSettings({ env, settings, repo: undefined, command: "config" });
    } catch (error) {
      if (isRepobaseError(error, "damaged_config") || isRepobaseError(error, "unsupported_format")) return env;
      throw error;
    }
  }

  private async keep({ before, after, file }: { before: string; after: string; file: string }): Promise<void> {
    if (before === after) return;
    const wanted = parseSettings(after, file);
    for (const [key, value] of Object.entries(wanted.global))
      if (ALIAS.test(key)) checkAlias(key, value, this.context.isCommandWord);
    await replaceSettings(this.home, () => {
      if (textNow(file) !== before)
        throw new RepobaseError("busy", "the settings were changed meanwhile: nothing was written");
      return wanted;
    });
  }
}

const textNow = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : settingsText());
