/**
 * `settings.json` in the home folder: what is set for all, and for each repository by its id. Entries that this program does not
 * know are a newer one's: they are kept as they are, and mean nothing here.
 */
import { readFileSync } from "node:fs";
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import { errnoOf } from "../files/file-errors.ts";
import { writeFileAtomic } from "../files/write-file-atomic.ts";
import type { Home } from "./home.ts";
import { USER_SETTINGS } from "./home-folder.ts";
import { ALIAS, checkSetting, SETTINGS } from "./settings.ts";

const SETTINGS_FORMAT = 1;
/** A setting may be a secret. */
export const SETTINGS_MODE = 0o600;

type Entries = Readonly<Record<string, string>>;

export interface SettingsDocument {
  readonly format: number;
  readonly global: Entries;
  readonly repositories: Readonly<Record<string, Entries>>;
}

const EMPTY: SettingsDocument = { format: SETTINGS_FORMAT, global: {}, repositories: {} };

/** undefined: there is none. @throws as `parseSettings` */
export function readUserSettings(path: string): SettingsDocument | undefined {
  let text;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT" || errnoOf(cause) === "ENOTDIR") return undefined;
    throw new RepobaseError("home_unwritable", `cannot read "${path}"`, { cause });
  }
  return parseSettings(text, path);
}

/** @throws RepobaseError `damaged_config` with the entry that is wrong, `unsupported_format` for a newer format */
export function parseSettings(text: string, path: string): SettingsDocument {
  const damaged = (what: string, cause?: unknown) =>
    new RepobaseError("damaged_config", `settings "${path}": ${what}`, {
      hint: "mend it with: repobase config edit",
      cause,
    });
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw damaged("this is not JSON", cause);
  }
  if (!isRecord(document)) throw damaged("this is not an object");
  const { format = SETTINGS_FORMAT, global = {}, repositories = {} } = document;
  if (typeof format !== "number") throw damaged("format must be a number");
  if (format > SETTINGS_FORMAT)
    throw new RepobaseError(
      "unsupported_format",
      `settings "${path}" have format ${format}, which is newer than this program`,
    );
  if (!isRecord(repositories)) throw damaged("repositories must be an object");
  for (const [where, entries] of [["global", global] as const, ...Object.entries(repositories)]) {
    if (!isRecord(entries)) throw damaged(`${where} must be an object`);
    for (const [key, value] of Object.entries(entries)) {
      const setting = SETTINGS.find((each) => each.key === key);
      if (setting === undefined && !ALIAS.test(key)) continue;
      if (typeof value !== "string") throw damaged(`${where}: ${key} must be a string`);
      if (setting === undefined) continue;
      try {
        checkSetting(setting, value);
      } catch (error) {
        throw damaged(`${where}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  return { ...document, format, global, repositories } as SettingsDocument;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Sets an entry, or takes it out (null); what it was then is the other's. Two processes lose nothing of each other's. */
export async function changeSettings(
  home: Home,
  of: { readonly repo: string | null; readonly key: string; readonly value: string | null },
): Promise<void> {
  await replaceSettings(home, (read) => {
    const before = read();
    const at = (entries: Entries = {}): Entries => {
      const { [of.key]: _gone, ...others } = entries;
      return of.value === null ? others : { ...others, [of.key]: of.value };
    };
    if (of.repo === null) return { ...before, global: at(before.global) };
    const { [of.repo]: mine, ...others } = before.repositories;
    const left = at(mine);
    return { ...before, repositories: Object.keys(left).length === 0 ? others : { ...others, [of.repo]: left } };
  });
}

/** Takes out what is set for a repository. Settings that cannot be read are left as they are. */
export async function forgetRepoSettings(home: Home, repo: string): Promise<void> {
  try {
    if (readUserSettings(home.path(USER_SETTINGS))?.repositories[repo] === undefined) return;
    await replaceSettings(home, (read) => {
      const before = read();
      const { [repo]: _gone, ...repositories } = before.repositories;
      return { ...before, repositories };
    });
  } catch (error) {
    if (!isRepobaseError(error, "damaged_config") && !isRepobaseError(error, "unsupported_format")) throw error;
  }
}

/**
 * Under the home's lock, whole or not at all.
 * @param change gets what reads the settings as they are; not calling it is how damaged ones are replaced
 */
export async function replaceSettings(
  home: Home,
  change: (read: () => SettingsDocument) => SettingsDocument,
): Promise<void> {
  const lock = await home.lock("settings", 10_000);
  try {
    const path = home.path(USER_SETTINGS);
    const text = settingsText(change(() => readUserSettings(path) ?? EMPTY));
    parseSettings(text, path);
    await writeFileAtomic(path, text, SETTINGS_MODE);
  } finally {
    lock.release();
  }
}

export const settingsText = (document: SettingsDocument = EMPTY): string => `${JSON.stringify(document, null, 2)}\n`;
