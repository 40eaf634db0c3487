/** The work of `repobase __complete`. Words: the kind of names, perhaps a repository. One name a line. */
import { RepobaseError } from "../../protocol/errors.ts";
import type { DirectInput } from "./direct-input.ts";

export async function completeWords(input: DirectInput): Promise<void> {
  const names = await namesOf(input);
  input.report.result(names, names.join("\n"));
}

async function namesOf({ words: [kind, repo], home, config }: DirectInput): Promise<readonly string[]> {
  switch (kind) {
    case "repos":
      return (await config()).repos.flatMap(({ id, name }) => (/\s/.test(name) ? [id] : [name, id]));
    case "refs": {
      const { refNames } = await import("../../porcelain/search/names-offered.ts");
      return refNames(await home(), repo);
    }
    case "languages":
      return (await import("../../porcelain/search/languages-offered.ts")).languageNames();
    case "models": {
      const { listAllModels } = await import("../../models/models.ts");
      return (await listAllModels(await home())).map(({ name }) => name);
    }
    default:
      throw new RepobaseError("usage", `nothing is completed by the name "${kind}"`);
  }
}
