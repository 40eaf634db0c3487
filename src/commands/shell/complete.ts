/**
 * `repobase __complete <kind> [repo]`: what the completion scripts ask for while somebody types. Not in the help. Light: it
 * reads `config.json` and refs, one word a line.
 */
import { Option } from "clipanion";
import { RepobaseError } from "../../protocol/errors.ts";
import { BaseCommand } from "../base-command.ts";

export class CompleteCommand extends BaseCommand {
  static override paths = [["__complete"]];

  kind = Option.String();
  repo = Option.String({ required: false });

  protected async run(): Promise<void> {
    const words = await this.words();
    this.report.result(words, words.join("\n"));
  }

  private async words(): Promise<readonly string[]> {
    switch (this.kind) {
      case "repos":
        return this.home.config().repos.flatMap(({ id, name }) => (/\s/.test(name) ? [id] : [name, id]));
      case "refs": {
        const { refNames } = await import("../../porcelain/search/names-offered.ts");
        return refNames(this.home, this.repo);
      }
      case "languages":
        return (await import("../../porcelain/search/names-offered.ts")).languageNames();
      case "models": {
        const { listAllModels } = await import("../../models/models.ts");
        return (await listAllModels(this.home)).map(({ name }) => name);
      }
      default:
        throw new RepobaseError("usage", `nothing is completed by the name "${this.kind}"`);
    }
  }
}
