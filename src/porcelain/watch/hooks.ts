/** `repobase hooks`: git hooks that index a repository after a commit, merge, checkout or rebase. Other people's hooks stay as they are. */
import { realpathSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { folderOf, type RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { readRegularFile } from "../../files/read-regular-file.ts";
import { writeFileAtomic } from "../../files/write-file-atomic.ts";
import { hooksFolder } from "../../git/objects/config-chain.ts";
import { openRepository } from "../../git/objects/repository.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import {
  hasBlock,
  type HookName,
  HOOKS,
  type Invocation,
  isShellScript,
  type HookCall,
  withBlock,
  withoutBlock,
} from "./hook-block.ts";

export interface HookState {
  readonly hook: HookName;
  readonly file: string;
  readonly state: "installed" | "absent" | "unsuitable";
  /** Why it is left as it is, and what to do. */
  readonly reason?: string;
}

interface Hook {
  readonly hook: HookName;
  /** Behind a link: where it leads. */
  readonly file: string;
  /** undefined: there is none. */
  readonly text: string | undefined;
  readonly mode: number;
}

/** @throws RepobaseError `usage` (no folder here), `not_a_repository`, `io_error` */
export function readHooks(home: Home, repo: RepoConfig): readonly HookState[] {
  return hooksOf(home, repo).map((hook) => stateOf(hook, repo));
}

/** Those that can take it have the block afterwards, once. Throws as above. */
export async function installHooks(
  home: Home,
  repo: RepoConfig,
  invocation: Invocation,
): Promise<readonly HookState[]> {
  // the text of a hook is kept as bytes
  const asBytes = (word: string) => Buffer.from(word).toString("latin1");
  const [program, ...first] = invocation;
  const started: HookCall = {
    invocation: [asBytes(program), ...first.map(asBytes)],
    home: home.env.REPOBASE_HOME ? asBytes(home.dir) : null,
  };
  for (const hook of hooksOf(home, repo)) {
    if (stateOf(hook, repo).state === "unsuitable") continue;
    const after = withBlock(hook.text, repo.id, started);
    if (after !== hook.text) await write(hook, after);
  }
  return readHooks(home, repo);
}

/** Takes the block out, and nothing else. Throws as above. */
export async function uninstallHooks(home: Home, repo: RepoConfig): Promise<readonly HookState[]> {
  for (const hook of hooksOf(home, repo)) {
    if (hook.text === undefined || !hasBlock(hook.text, repo.id)) continue;
    const after = withoutBlock(hook.text, repo.id);
    if (after === undefined) rmSync(hook.file);
    else await write(hook, after);
  }
  return readHooks(home, repo);
}

function hooksOf(home: Home, repo: RepoConfig): readonly Hook[] {
  const folder = folderOf(repo);
  if (folder === undefined)
    throw new RepobaseError("usage", `"${repo.name}" has no folder on this machine, so no git hooks`);
  const hooks = hooksFolder(openRepository(folder, home.env), home.env);
  return HOOKS.map((hook) => {
    const path = join(hooks, hook);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return { hook, file: path, text: undefined, mode: 0o755 };
    const file = realpathSync(path);
    // bytes as they are, whatever their encoding
    return { hook, file, text: readRegularFile(file).toString("latin1"), mode: stat.mode & 0o777 };
  });
}

function stateOf({ hook, file, text, mode }: Hook, repo: RepoConfig): HookState {
  const of = { hook, file };
  if (text === undefined) return { ...of, state: "absent" };
  if (hasBlock(text, repo.id)) return { ...of, state: "installed" };
  const line = `let it run: repobase index --quiet ${repo.id}`;
  if (!isShellScript(text)) return { ...of, state: "unsuitable", reason: `it is no shell script; ${line}` };
  if ((mode & 0o100) === 0)
    return { ...of, state: "unsuitable", reason: "it is not executable, so git does not run it; chmod +x it first" };
  return { ...of, state: "absent" };
}

async function write({ file, mode }: Hook, text: string): Promise<void> {
  await writeFileAtomic(file, Buffer.from(text, "latin1"), mode);
}
