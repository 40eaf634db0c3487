/** Where the home folder and the settings in it are: light, because every start asks. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Environment } from "./env.ts";

/** In the home folder. */
export const USER_SETTINGS = "settings.json";

/** Where it is, whether it is there or not. */
export const homeFolder = (env: Environment): string =>
  resolve(env.REPOBASE_HOME || join(env.HOME || homedir(), ".repobase"));
