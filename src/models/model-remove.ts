/** Takes an added model away. Indexes made with it stay, and are searched by keyword until it is added again. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { removeFolder } from "../files/replace-folder.ts";
import type { Home } from "../home/home.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { checkName, findModel } from "./model-add.ts";

export interface RemovedModel {
  readonly name: string;
  /** Ids of the repositories that are indexed with it. */
  readonly repos: readonly string[];
}

/** @throws RepobaseError `usage`, `not_found`, `in_use` when repositories are indexed with it and `force` is not set, `home_unwritable` */
export async function removeModel({
  home,
  name,
  force,
}: {
  home: Home;
  name: string;
  force: boolean;
}): Promise<RemovedModel> {
  const modelsDir = home.path("models");
  const folder = join(modelsDir, checkName(name));
  // a damaged model can be removed too
  if (!existsSync(folder)) await findModel(modelsDir, name);
  const repos = home
    .config()
    .repos.filter((repo) => repo.model === name)
    .map(({ id }) => id);
  if (repos.length > 0 && !force)
    throw new RepobaseError("in_use", `the model "${name}" is the one of ${repos.join(", ")}`, {
      hint: "index them with another one first (repobase index <repo> --model <name>), or remove it with --force",
      fields: { repos },
    });
  await removeFolder(folder);
  return { name, repos };
}
