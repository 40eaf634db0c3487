/** `repobase config get`, `set`, `unset` and `list`: the settings of the table in src/home/env.ts. */
import { Command, Option } from "clipanion";
import { effectiveSetting, repoMeant, type SettingSources } from "../../home/apply-settings.ts";
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { USER_SETTINGS } from "../../home/home-folder.ts";
import { changeSettings, readUserSettings } from "../../home/settings-file.ts";
import { ALIAS, checkSetting, findSetting, type Setting, SETTINGS } from "../../home/settings.ts";
import { findRepo } from "../../protocol/find-repo.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { BaseCommand, EXIT_STATUS } from "../base-command.ts";
import { checkAlias } from "./check-alias.ts";

abstract class SettingsCommand extends BaseCommand {
  repo = Option.String("--repo", { description: "Of this repository alone." });

  protected get named(): RepoConfig | undefined {
    return this.repo === undefined ? undefined : findRepo(this.home.config().repos, this.repo);
  }

  protected sources(): SettingSources {
    const { env, cwd } = this.context;
    const repo = this.named ?? repoMeant([], this.home.config(), cwd);
    return { env, settings: readUserSettings(this.home.path(USER_SETTINGS)), repo };
  }
}

export class ConfigListCommand extends SettingsCommand {
  static override paths = [["config", "list"]];
  static override usage = Command.Usage({
    category: "Help",
    description: "List the settings and what holds here.",
    details: `
      The repository is that of --repo, else the one of the current folder. The environment wins over a repository's setting,
      that over the one for all, and that over the default; a flag wins over all.

      ${EXIT_STATUS}
    `,
    examples: [["And where each comes from", "repobase config list --show-origin"]],
  });

  showOrigin = Option.Boolean("--show-origin", false, { description: "Say where each value comes from." });

  protected async run(): Promise<void> {
    const sources = this.sources();
    const aliases = Object.entries(sources.settings?.global ?? {}).filter(([key]) => ALIAS.test(key));
    const rows = [
      ...SETTINGS.map((setting) => listed(setting, sources)),
      ...aliases.map(([key, value]) => ({ key, value, origin: "global", from: USER_SETTINGS, meaning: "An alias." })),
    ];
    const lines = rows.map(({ key, value, origin, from }) =>
      [key, value, ...(this.showOrigin ? [origin === "default" ? origin : `${origin} ${from}`] : [])].join("\t"),
    );
    this.report.result(rows, lines.join("\n"));
  }
}

export class ConfigGetCommand extends SettingsCommand {
  static override paths = [["config", "get"]];
  static override usage = Command.Usage({
    category: "Help",
    description: "Print a setting: what holds here.",
    details: EXIT_STATUS,
    examples: [["How many files a search gives", "repobase config get search.limit"]],
  });

  key = Option.String({ name: "key" });

  protected async run(): Promise<void> {
    const sources = this.sources();
    const alias = ALIAS.test(this.key) ? sources.settings?.global[this.key] : undefined;
    const row =
      alias === undefined
        ? shown(findSetting(this.key), sources)
        : { key: this.key, value: alias, origin: "global", from: USER_SETTINGS };
    this.report.result(row, row.value);
  }
}

export class ConfigSetCommand extends SettingsCommand {
  static override paths = [["config", "set"]];
  static override usage = Command.Usage({
    category: "Help",
    description: "Set a setting, for all or for one repository.",
    details: `
      A value that cannot be is refused, and nothing is written. A key alias.NAME makes a command of yours of the words that it stands for.

      ${EXIT_STATUS}
    `,
    examples: [
      ["For all", "repobase config set search.limit 20"],
      ["For one repository", "repobase config set search.mode keyword --repo hono"],
      ["An alias: repobase k parseHeader", 'repobase config set alias.k "search --mode keyword"'],
    ],
  });

  key = Option.String({ name: "key" });
  value = Option.String({ name: "value" });

  protected async run(): Promise<void> {
    const { key, named } = this;
    if (key.startsWith("alias.")) {
      checkAlias(key, this.value, this.context.isCommandWord);
      if (this.repo !== undefined)
        throw new RepobaseError("usage", "an alias holds for all repositories: leave --repo out");
      await changeSettings(this.home, { repo: null, key, value: this.value });
      return this.report.result({ key, value: this.value, repo: null }, "");
    }
    const setting = findSetting(key);
    const value = checkSetting(setting, this.value);
    await change(this.home, setting, named, value);
    this.report.result({ key, value, repo: named?.id ?? null }, "");
    if (this.context.env[setting.variable]) this.report.warn(`${setting.variable} is set and wins over it`);
  }
}

export class ConfigUnsetCommand extends SettingsCommand {
  static override paths = [["config", "unset"]];
  static override usage = Command.Usage({
    category: "Help",
    description: "Take a setting back.",
    details: EXIT_STATUS,
    examples: [["For one repository", "repobase config unset search.mode --repo hono"]],
  });

  key = Option.String({ name: "key" });

  protected async run(): Promise<void> {
    const { key, named } = this;
    if (ALIAS.test(key)) await changeSettings(this.home, { repo: null, key, value: null });
    else await change(this.home, findSetting(key), named, null);
    this.report.result({ key, repo: named?.id ?? null }, "");
  }
}

/** For everybody to see: a list may be shown to others, or be in a log. */
function listed(setting: Setting, sources: SettingSources) {
  const row = shown(setting, sources);
  return setting.secret && row.origin !== "default" ? { ...row, value: "(set)" } : row;
}

function shown(setting: Setting, sources: SettingSources) {
  const { value, origin } = effectiveSetting(setting, sources);
  const from = { environment: setting.variable, repository: sources.repo?.id, global: USER_SETTINGS, default: "" }[
    origin
  ];
  const isSwitch = setting.type === "switch" && origin !== "default";
  return {
    key: setting.key,
    value: isSwitch ? (value === "1" ? "on" : "off") : value,
    origin,
    from: from ?? "",
    meaning: setting.meaning,
  };
}

/** What a repository remembers stays where it is remembered; all else is in the file of settings. */
async function change(
  home: Home,
  { key, remembered }: Setting,
  repo: RepoConfig | undefined,
  value: string | null,
): Promise<void> {
  if (repo === undefined || remembered === undefined)
    return changeSettings(home, { repo: repo?.id ?? null, key, value });
  await home.updateRepo(repo.id, (before) => {
    const { [remembered]: _gone, ...others } = before;
    if (value === null) return others;
    return { ...others, [remembered]: remembered === "maxFileBytes" ? Number(value) : value };
  });
}
