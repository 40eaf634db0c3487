/**
 * The settings that `repobase config` keeps: the lines of the table of variables that have a key. A value is kept as text in one
 * form, the one that its variable would have, so that a setting acts wherever its variable does.
 */
import { didYouMean, nearNames } from "../protocol/near-names.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { type Environment, type SettingRule, type Variable, VARIABLES } from "./env.ts";

export interface Setting extends Omit<Variable, "setting">, SettingRule {
  readonly variable: keyof Environment;
}

export const SETTINGS: readonly Setting[] = Object.entries<Variable>(VARIABLES).flatMap(
  ([variable, { setting, ...rest }]) =>
    setting === undefined ? [] : [{ ...rest, ...setting, variable: variable as keyof Environment }],
);

/** Keys of aliases: `alias.` and a name like a command's. */
export const ALIAS = /^alias\.([a-z][a-z0-9-]*)$/;

/** @throws RepobaseError `usage` for a key that is no setting */
export function findSetting(key: string): Setting {
  const found = SETTINGS.find((each) => each.key === key);
  if (found) return found;
  const keys = SETTINGS.map((each) => each.key);
  throw new RepobaseError("usage", `there is no setting "${key}"`, {
    hint: didYouMean(nearNames(key, keys)) || "see them with: repobase config list",
  });
}

const SWITCH: Readonly<Record<string, string>> = {
  on: "1",
  true: "1",
  yes: "1",
  "1": "1",
  off: "0",
  false: "0",
  no: "0",
  "0": "0",
};

/**
 * The one form of a value. @param where names the place of the value in an error
 * @throws RepobaseError `usage` that says what it may be
 */
export function checkSetting(setting: Setting, value: string, where = setting.key): string {
  const { type, values, range } = setting;
  const wrong = (may: string) => new RepobaseError("usage", `${where} must be ${may}, not ${JSON.stringify(value)}`);
  if (values && !values.includes(value)) throw wrong(`one of ${values.join(", ")}`);
  if (type === "switch") {
    const known = SWITCH[value.toLowerCase()];
    if (known === undefined) throw wrong("on or off");
    return known;
  }
  if (range) {
    const [least, most] = range;
    if (!/^\d+$/.test(value) || Number(value) < least || Number(value) > most)
      throw wrong(`a whole number from ${least} to ${most}`);
    return String(Number(value));
  }
  if (value.trim() === "") throw wrong("some text");
  if (type === "URL" && !/^https?:$/.test(URL.parse(value)?.protocol ?? "")) throw wrong("an http or https URL");
  return value;
}
