/** The shell and the terminal: is the program found, does Tab complete, what can be shown? */
import { readFileSync, realpathSync } from "node:fs";
import { basename } from "node:path";
import { type Finding, findingsOf, quoted } from "../../porcelain/doctor/finding.ts";
import { hasUnicode, movesCursor } from "../../report/terminal-kind.ts";
import { isTerminal } from "../../report/report.ts";
import type { Context } from "../base-command.ts";
import { completionPlace } from "../shell/completion-place.ts";
import { SHELLS } from "../shell/shells.ts";
import { startedAs } from "../started-as.ts";

const shell = findingsOf("shell");
const terminal = findingsOf("terminal");

/** @param scriptOf the completion script of this version */
export function* checkShell(
  { env, stdout }: Pick<Context, "env" | "stdout">,
  scriptOf: (shell: (typeof SHELLS)[number]) => string,
): Generator<Finding> {
  yield checkPath(env);
  yield checkCompletions(env, scriptOf);
  const { NO_COLOR, TERM = "" } = env;
  if (!isTerminal(stdout)) yield terminal.ok("kind", "the answer goes to no terminal: plain text, exact");
  else if (!movesCursor(env))
    yield terminal.warning(
      "kind",
      `TERM is ${TERM || "not set"}: no full screen, and progress in lines`,
      "export TERM=xterm-256color",
    );
  else
    yield terminal.ok(
      "kind",
      `TERM is ${TERM || "not set"}, ${NO_COLOR ? "without colours (NO_COLOR)" : "with colours and links"}`,
    );
  if (hasUnicode(env)) yield terminal.ok("unicode", "Unicode is shown");
  else if (env.REPOBASE_ASCII) yield terminal.ok("unicode", "ASCII alone, as REPOBASE_ASCII asks");
  else yield terminal.warning("unicode", "the locale has no UTF-8, so signs are drawn in ASCII", "export LANG=C.UTF-8");
}

function checkPath(env: Context["env"]): Finding {
  const { command, args } = startedAs();
  const found = Bun.which("repobase", { PATH: env.PATH ?? "" });
  if (found === null)
    return shell.warning(
      "path",
      "no folder of PATH has repobase, so hooks and agents call it by its whole path",
      args.length > 0
        ? "bun run build, and copy dist/repobase to a folder of PATH"
        : `sudo ln -s ${quoted(command)} /usr/local/bin/repobase`,
    );
  if (args.length === 0 && !sameFile(found, command))
    return shell.warning(
      "path",
      `repobase on the PATH is ${found}, and this is ${command}`,
      `compare them: ${quoted(found)} --version`,
    );
  return shell.ok("path", `repobase is ${found}`);
}

function checkCompletions(env: Context["env"], scriptOf: (shell: (typeof SHELLS)[number]) => string): Finding {
  const name = SHELLS.find((each) => each === basename(env.SHELL ?? ""));
  if (name === undefined || name === "powershell")
    return shell.ok("completions", "the shell is none whose completions can be looked at");
  const { file } = completionPlace(name, env);
  const install = `repobase completion ${name} --install`;
  let there;
  try {
    there = readFileSync(file, "utf8");
  } catch {
    return shell.warning("completions", `${name} does not complete repobase's words`, install);
  }
  return there === scriptOf(name)
    ? shell.ok("completions", `${name} completes: ${file}`)
    : shell.warning("completions", `the completions in ${file} are of another version`, install);
}

const sameFile = (one: string, other: string): boolean => realpathSync(one) === realpathSync(other);
