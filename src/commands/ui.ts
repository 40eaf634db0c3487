/** `repobase ui`, and `repobase` alone on a terminal: flags, help, and one call. */
import { Command, Option, UsageError } from "clipanion";
import { isTerminal } from "../report/report.ts";
import { isOn, movesCursor } from "../report/terminal-kind.ts";
import { BaseCommand, type Context, EXIT_STATUS } from "./base-command.ts";

export class UiCommand extends BaseCommand {
  static override paths = [["ui"]];
  static override usage = Command.Usage({
    category: "Search",
    description: "The full screen: search as you type, repositories, the cloud.",
    details: `
      Also what \`repobase\` alone opens on a terminal. F1 lists the keys, Ctrl-K the commands. In lines instead, for a screen
      reader, with --plain or REPOBASE_PLAIN; that is also what a terminal without cursor movement gets.

      ${EXIT_STATUS}
    `,
    examples: [
      ["Open it", "repobase ui"],
      ["With a question", 'repobase ui "where do we refresh tokens"'],
      ["In lines", "repobase ui --plain"],
    ],
  });

  protected override readonly ownsScreen = true;

  query = Option.Rest({ name: "query" });
  plain = Option.Boolean("--plain", false, { description: "A prompt and numbered answers; the cursor never moves." });

  protected async run(): Promise<number> {
    if (this.json) throw new UsageError("the full screen has no JSON: use search, list and status with --json");
    const { home } = this;
    const { cwd, signal, signalExitCode } = this.context;
    if (this.plain || !hasScreen(this.context)) return this.inLines();
    const { runUi } = await import("../tui/run-ui.ts");
    const code = await runUi({ home, cwd, signal, query: this.query.join(" ") });
    return signal.aborted ? signalExitCode() : code;
  }

  private async inLines(): Promise<number> {
    const { runPlain } = await import("../tui/plain/run-plain.ts");
    const { openReading } = await import("../tui/effects/reading.ts");
    const { createInterface } = await import("node:readline");
    const { home, report } = this;
    const { cwd, signal, stdin } = this.context;
    const lines = createInterface({ input: stdin, terminal: false });
    signal.addEventListener("abort", () => lines.close(), { once: true });
    const isAttended = (stdin as { isTTY?: boolean }).isTTY === true;
    await runPlain({
      home,
      cwd,
      reading: openReading({ home, cwd, colour: false }),
      lines,
      say: (text) => report.result(null, text),
      prompt: () => isAttended && report.raw("search> "),
      signal,
    });
    return 0;
  }
}

/** Both ends are one terminal that can move its cursor, and nobody has asked for lines. */
export const hasScreen = ({ stdin, stdout, env }: Context): boolean =>
  (stdin as { isTTY?: boolean }).isTTY === true && isTerminal(stdout) && movesCursor(env) && !isOn(env.REPOBASE_PLAIN);
