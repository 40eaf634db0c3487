/** `config.json` as it is now. */
import { RepobaseError } from "../protocol/errors.ts";
import { errnoOf } from "../files/file-errors.ts";
import { readRegularFile } from "../files/read-regular-file.ts";
import { type Config, emptyConfig, parseConfig } from "./config.ts";

export function readConfig(path: string): Config {
  const text = readHomeFile(path);
  return text === undefined ? emptyConfig() : parseConfig(text, path);
}

/** undefined: there is no such file. @throws RepobaseError `home_unwritable` */
export function readHomeFile(path: string): string | undefined {
  try {
    return readRegularFile(path).toString("utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw new RepobaseError("home_unwritable", `cannot read "${path}"`, { cause: error });
  }
}
