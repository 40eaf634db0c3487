/** `repobase doctor`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import type { Finding } from "../../porcelain/doctor/finding.ts";
import { ERROR_TABLE } from "../../protocol/errors.ts";
import type { Style } from "../../report/style.ts";
import { plural } from "../../text/figures.ts";
import { BaseCommand, EXIT_STATUS } from "../base-command.ts";

export class DoctorCommand extends BaseCommand {
  static override paths = [["doctor"]];
  static override usage = Command.Usage({
    category: "Help",
    description: "Find out what is wrong here, and say what mends it.",
    details: `
      Looks at the program, the home folder, git, every repository, the server, the shell and the terminal, and changes nothing. Each line
      is ok, warning or failed, with the next command. One request or two go to the server that you are signed in to. Exit status 4: something
      failed; warnings alone are 0.

      ${EXIT_STATUS}
    `,
    examples: [
      ["All of it", "repobase doctor"],
      ["Read and check every byte of every index, too", "repobase doctor --read-data"],
      ["What failed, for a script", "repobase doctor --json | jq '.checks[] | select(.state == \"failed\")'"],
    ],
  });

  readData = Option.Boolean("--read-data", false, { description: "Read and hash all of every index." });

  protected async run(): Promise<number> {
    const checks: Finding[] = [];
    for await (const check of this.all()) {
      checks.push(check);
      if (!this.report.json) this.report.print(lineOf(check, this.report.style));
    }
    const count = (state: Finding["state"]) => checks.filter((check) => check.state === state).length;
    const [failed, warnings] = [count("failed"), count("warning")];
    this.report.result({ checks, failed, warnings }, `\n${summary(checks.length, failed, warnings)}`);
    return failed === 0 ? 0 : ERROR_TABLE.problems_found.exit;
  }

  private async *all(): AsyncGenerator<Finding> {
    const { examine } = await import("../../porcelain/doctor/doctor.ts");
    const { checkShell } = await import("./check-shell.ts");
    const { completionScript } = await import("../shell/completion-script.ts");
    const { describeCommands } = await import("../shell/describe-commands.ts");
    const { report } = this;
    const { env, signal } = this.context;
    const onProgress = (step: Parameters<typeof report.progress>[0]) => report.progress(step);
    const trace = report.isVerbose ? (text: string) => report.detail(text) : undefined;
    yield* examine({ env, readData: this.readData, onProgress, trace, signal });
    yield* checkShell(this.context, (shell) => completionScript(shell, describeCommands(this.cli.definitions())));
  }
}

const WORDS = { ok: "ok", warning: "warning", failed: "FAILED" } as const;

/** Two columns, and what to do below. */
function lineOf({ name, state, found, fix }: Finding, style: Style): string {
  const word = WORDS[state].padEnd(8);
  const line = `${state === "ok" ? style.dim(word) : style.match(word)} ${style.name(`${name}: ${found}`)}\n`;
  return fix === null ? line : `${line}${" ".repeat(9)}-> ${style.name(fix)}\n`;
}

function summary(all: number, failed: number, warnings: number): string {
  if (failed === 0 && warnings === 0) return `${plural(all, "check")}, all well`;
  return `${plural(all, "check")}: ${failed} failed, ${plural(warnings, "warning")}`;
}
