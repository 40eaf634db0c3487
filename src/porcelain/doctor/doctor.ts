/** `repobase doctor`: every check, one by one. Nothing is changed; what one area cannot tell does not keep the others from it. */
import { Home } from "../../home/home.ts";
import { homeFolder } from "../../home/home-folder.ts";
import type { Config } from "../../home/config.ts";
import type { Environment } from "../../home/env.ts";
import { type Area, type Finding, findingsOf } from "./finding.ts";
import { checkCloud } from "./check-cloud.ts";
import { checkGit } from "./check-git.ts";
import { checkHome, type RoomNeeded } from "./check-home.ts";
import { checkProgram } from "./check-program.ts";
import { checkRepositories } from "./check-repositories.ts";

export interface DoctorOptions {
  readonly env: Environment;
  /** Also reads and hashes all of every index. */
  readonly readData: boolean;
  /** What the server says of itself, and how far a deep look is. */
  readonly onProgress?: ((step: { label: string; done: number; total: number; unit: string }) => void) | undefined;
  readonly trace?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly room?: RoomNeeded | undefined;
  readonly now?: (() => number) | undefined;
}

export async function* examine(of: DoctorOptions): AsyncGenerator<Finding> {
  const { env, readData, onProgress, signal, now } = of;
  const dir = homeFolder(env);
  yield* caught("home", checkHome(dir, of.room));
  const home = opened(of);
  yield* caught("program", checkProgram(home));
  const config = home && readable(home);
  yield* caught("git", checkGit(config, env));
  if (home === undefined || config === undefined) return;
  yield* caught("repositories", checkRepositories({ home, readData, onProgress, signal }));
  yield* caught("cloud", checkCloud({ home, signal, ...(now && { now }) }));
}

/** A fault that nobody foresaw is one more finding. */
async function* caught(area: Area, checks: Iterable<Finding> | AsyncIterable<Finding>): AsyncGenerator<Finding> {
  try {
    yield* checks;
  } catch (cause) {
    yield findingsOf(area).error("all", cause, "run it again with: repobase doctor --verbose");
  }
}

/** undefined: checkHome has said why. */
function opened({ env, trace }: DoctorOptions): Home | undefined {
  try {
    return Home.open(env, trace);
  } catch {
    return undefined;
  }
}

function readable(home: Home): Config | undefined {
  try {
    return home.config();
  } catch {
    return undefined; // checkHome has said why
  }
}
