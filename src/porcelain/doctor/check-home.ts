/** The home folder: whose it is, what is readable in it, how much room there is, and what nobody uses any more. */
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { userInfo } from "node:os";
import { join, relative } from "node:path";
import { acquireLock } from "../../files/lock.ts";
import { leftTemporaries, temporaryBeside } from "../../files/temporary.ts";
import { USER_SETTINGS } from "../../home/home-folder.ts";
import { readConfig } from "../../home/read-config.ts";
import { readUserSettings } from "../../home/settings-file.ts";
import { parseCloudConfig } from "../../home/config.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { CONFIG_KEY } from "../../protocol/keys.ts";
import { type Finding, findingsOf, quoted } from "./finding.ts";

const { ok, warning, failed, error } = findingsOf("home");

export interface RoomNeeded {
  /** Free bytes below which it is a warning, and a failure. */
  readonly warn: number;
  readonly fail: number;
}

const MB = 1_000_000;
export const ROOM_NEEDED: RoomNeeded = { warn: 1000 * MB, fail: 100 * MB };

/** @param dir the home folder; it need not be there */
export async function* checkHome(dir: string, room: RoomNeeded = ROOM_NEEDED): AsyncGenerator<Finding> {
  if (!existsSync(dir)) {
    yield ok("folder", `${dir} is not there yet; the first \`repobase add\` makes it`);
    return;
  }
  if (!lstatSync(realpathSync(dir)).isDirectory()) {
    yield failed(
      "folder",
      `${dir} is no folder`,
      `mv ${quoted(dir)} ${quoted(`${dir}.old`)}, or point REPOBASE_HOME to another folder`,
    );
    return;
  }
  yield checkOwner(dir);
  yield checkRights(dir);
  yield checkWritable(dir);
  yield checkRoom(dir, room);
  yield* checkDocuments(dir);
  yield* checkLocks(dir);
  yield* checkLeftovers(dir);
}

function checkOwner(dir: string): Finding {
  const { uid } = lstatSync(dir);
  const own = process.getuid?.();
  if (own === undefined || uid === own) return ok("owner", `${dir} is yours`);
  return failed("owner", `${dir} belongs to another user`, `sudo chown -R ${userInfo().username} ${quoted(dir)}`);
}

/** Indexes quote private code, and `cloud.json` holds a key. */
function checkRights(dir: string): Finding {
  if (process.platform === "win32") return ok("rights", "the folder is its user's alone, as Windows has it");
  for (const [path, bits] of [[dir, 0o022] as const, [join(dir, "cloud.json"), 0o077] as const]) {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined || (stats.mode & bits) === 0) continue;
    const can = path === dir ? "others can write to" : "others can read the key in";
    return failed("rights", `${can} ${path}`, `chmod go-rwx ${quoted(path)}`);
  }
  const isOpen = (lstatSync(dir).mode & 0o077) !== 0;
  return isOpen
    ? warning("rights", `others can look into ${dir}, where indexes quote your code`, `chmod go-rwx ${quoted(dir)}`)
    : ok("rights", "nobody else can read or write it");
}

function checkWritable(dir: string): Finding {
  const probe = temporaryBeside(join(dir, "doctor"));
  try {
    writeFileSync(probe, "x");
    rmSync(probe);
    return ok("writable", "it can be written");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return failed(
      "writable",
      `it cannot be written: ${why}`,
      `chmod u+rwx ${quoted(dir)}, or point REPOBASE_HOME to another folder`,
    );
  }
}

function checkRoom(dir: string, { warn, fail }: RoomNeeded): Finding {
  const { bavail, bsize } = statfsSync(dir);
  const free = bavail * bsize;
  const said = `${Math.round(free / MB)} MB are free on its disk`;
  const fix = "free some, or point REPOBASE_HOME to another disk; repobase list shows the sizes of the indexes";
  if (free < fail) return failed("space", said, fix);
  return free < warn ? warning("space", said, fix) : ok("space", said);
}

function* checkDocuments(dir: string): Generator<Finding> {
  const documents = {
    [CONFIG_KEY]: (path: string) => `${readConfig(path).repos.length} repositories`,
    [USER_SETTINGS]: (path: string) => (readUserSettings(path) ? "settings" : "no settings"),
    "cloud.json": (path: string) =>
      existsSync(path)
        ? `signed in at ${parseCloudConfig(readFileSync(path, "utf8"), path).endpoint}`
        : "not signed in",
  };
  for (const [name, read] of Object.entries(documents)) {
    const what = name.replace(".json", "");
    try {
      yield ok(what, `${name} is readable: ${read(join(dir, name))}`);
    } catch (cause) {
      yield error(what, cause, `chmod u+r ${quoted(join(dir, name))}`);
    }
  }
}

/** The system drops a lock with its process, so one that is held has a holder that lives. */
async function* checkLocks(dir: string): AsyncGenerator<Finding> {
  const folder = join(dir, "locks");
  const held: string[] = [];
  for (const file of namesIn(folder)) {
    if (!file.endsWith(".lock")) continue;
    try {
      (await acquireLock(join(folder, file), file)).release();
    } catch (cause) {
      if (!isRepobaseError(cause, "busy")) {
        yield failed("locks", `the lock ${join(folder, file)} cannot be taken`, `rm ${quoted(join(folder, file))}`);
        return;
      }
      held.push(file.replace(/\.lock$/, ""));
    }
  }
  yield held.length === 0
    ? ok("locks", "no lock is held")
    : warning(
        "locks",
        `another process holds: ${held.join(", ")}`,
        "wait for it, or look for it with: ps -ef | grep repobase",
      );
}

/** What killed processes left: temporaries that no writer has touched for long, and folders that no repository of the list has. */
function* checkLeftovers(dir: string): Generator<Finding> {
  const temporaries = leftTemporaries(dir);
  const known = knownRepos(dir);
  const orphans =
    known === undefined
      ? []
      : ["index", "repos"].flatMap((part) =>
          namesIn(join(dir, part))
            .filter((name) => !name.startsWith(".") && !known.has(name))
            .map((name) => join(dir, part, name)),
        );
  const left = [...temporaries, ...orphans];
  if (left.length === 0) {
    yield ok("leftovers", "nothing was left behind");
    return;
  }
  const named = left.slice(0, 3).map((path) => relative(dir, path));
  const more = left.length > 3 ? ` and ${left.length - 3} more` : "";
  yield warning("leftovers", `left behind: ${named.join(", ")}${more}`, `rm -r ${left.map(quoted).join(" ")}`);
}

function knownRepos(dir: string): ReadonlySet<string> | undefined {
  try {
    return new Set(readConfig(join(dir, CONFIG_KEY)).repos.map(({ id }) => id));
  } catch {
    return undefined; // said already; then all would look like leftovers
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // not there, or said already
  }
}
