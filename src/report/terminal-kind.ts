/** What a terminal can show, by the environment. */

type Env = Readonly<Record<string, string | undefined>>;

/** Unicode, unless the locale says that the terminal shows none, or REPOBASE_ASCII that it is not wanted. */
export function hasUnicode(env: Env): boolean {
  if (isOn(env.REPOBASE_ASCII)) return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  // none is set where nobody chose one: Windows, a service, a container; terminals there show UTF-8 all the same
  return !locale || /utf-?8/i.test(locale);
}

/** Can what is written be written over? */
export const movesCursor = (env: Env): boolean =>
  process.platform === "win32" || !["", "dumb", "unknown"].includes(env.TERM ?? "");

/** A switch of the environment. */
export const isOn = (value = ""): boolean => !["", "0", "false"].includes(value.toLowerCase());
