/** An alias before it is kept: a name of its own, for a command there is. */
import { splitLine } from "../../home/apply-settings.ts";
import { ALIAS } from "../../home/settings.ts";
import { RepobaseError } from "../../protocol/errors.ts";

/**
 * @param isCommandWord does a command's name begin so?
 * @throws RepobaseError `usage`
 */
export function checkAlias(key: string, value: string, isCommandWord: (word: string) => boolean): void {
  const wrong = (message: string) => new RepobaseError("usage", message);
  const [, name = ""] = ALIAS.exec(key) ?? [];
  if (name === "") throw wrong(`an alias has small letters, digits and "-" in its name, not "${key}"`);
  if (isCommandWord(name)) throw wrong(`"${name}" is a command: an alias cannot take its name`);
  const [first = ""] = splitLine(value);
  if (!isCommandWord(first)) throw wrong(`an alias stands for a command, and "${first}" is none`);
}
